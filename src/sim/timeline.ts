// Drawn histories for tests: one line an operation, time from left to right; and histories drawn again.
import type { Op, OpType, Process } from '../history/op.ts';

/** Operations whose value is an answer: their invocation carries null. */
const asking = new Set(['read', 'get', 'dequeue', 'pop', 'poll']);
const endings: Readonly<Record<string, OpType | undefined>> = { '|': 'ok', x: 'fail', '?': 'info' };
const columnNs = 1_000_000;

type Drawn = { readonly column: number; readonly op: Omit<Op, 'index' | 'time'> };

const shape = /^\s*(\d+|nemesis)\s+([\w-]+)(?:@(\S+))?\s+(\S.*?)\s+(\|-*[|x?>])\s*$/;

/** A value, or what was asked and what was answered: `1`, `[1,2]`, `null→3`. */
const parseValue = (
  json: string,
  f: string,
): { readonly asked: unknown; readonly answered: unknown } => {
  const [first = '', second] = json.split('→');
  const value: unknown = JSON.parse(first);
  if (second !== undefined) return { asked: value, answered: JSON.parse(second) };
  return { asked: asking.has(f) ? null : value, answered: value };
};

const parseLine = (text: string): Drawn[] => {
  const match = shape.exec(text);
  if (match === null)
    throw new Error(`not an operation: "${text}"; expected e.g. "0 write@x 1 |--|"`);
  const [, who = '', f = '', key, json = '', bar = ''] = match;
  const { asked, answered } = parseValue(json, f);
  const process: Process = who === 'nemesis' ? who : Number(who);
  const op = { process, f, ...(key === undefined ? {} : { key }) };
  const start = text.lastIndexOf(bar);
  const type = endings[bar.at(-1) ?? ''];
  const invocation: Drawn = { column: start, op: { ...op, type: 'invoke', value: asked } };
  if (type === undefined) return [invocation];
  const value = type === 'ok' || process === 'nemesis' ? answered : asked;
  return [invocation, { column: start + bar.length - 1, op: { ...op, type, value } }];
};

/**
 * A history as it is drawn: `0 write@x 1 |--|` is process 0 writing 1 to key x. A bar ends in `|` ok, `x` fail, `?` info,
 * `>` never completed. A value is JSON; `null→3` is one that was asked with null and answered with 3, which a bare 3
 * means for reads. A column is a millisecond; what starts in the column where another ends is concurrent with it.
 */
export const timeline = (strings: TemplateStringsArray): Op[] =>
  strings
    .join('')
    .split('\n')
    .filter((text) => text.trim() !== '')
    .flatMap(parseLine)
    .sort(
      (a, b) =>
        a.column - b.column || Number(a.op.type !== 'invoke') - Number(b.op.type !== 'invoke'),
    )
    .map(({ column, op }, index) => ({ index, time: column * columnNs, ...op }));

type Line = {
  readonly invocation: Op;
  readonly start: number;
  end: number;
  completion: Op | undefined;
};

const sayValue = ({ invocation, completion }: Line): string => {
  const asked = JSON.stringify(invocation.value);
  const answered = JSON.stringify(completion?.value ?? invocation.value);
  const isPlain = asking.has(invocation.f) ? asked === 'null' : asked === answered;
  return isPlain && completion?.type !== 'fail' ? answered : `${asked}→${answered}`;
};

const marks: Readonly<Record<OpType, string>> = { invoke: '>', ok: '|', fail: 'x', info: '?' };

/** The drawing of a history, for messages and snapshots: a column an event, so that order shows, not distance. */
export const drawTimeline = (history: readonly Op[]): string => {
  const lines: Line[] = [];
  const open = new Map<string, Line[]>();
  for (const [column, op] of history.entries()) {
    // The nemesis may have several operations open: they are told apart by f.
    const who = op.process === 'nemesis' ? `nemesis ${op.f}` : String(op.process);
    if (op.type === 'invoke') {
      const line = { invocation: op, start: column, end: history.length, completion: undefined };
      lines.push(line);
      open.set(who, [...(open.get(who) ?? []), line]);
      continue;
    }
    const line = open.get(who)?.shift();
    if (line !== undefined) Object.assign(line, { end: column, completion: op });
  }
  const heads = lines.map((line) => {
    const { process, f, key } = line.invocation;
    return `${process} ${f}${key === undefined ? '' : `@${key}`} ${sayValue(line)}`;
  });
  const width = Math.max(0, ...heads.map((head) => head.length));
  return lines
    .map(({ start, end, completion }, i) => {
      const bar = `|${'-'.repeat(end - start - 1)}${marks[completion?.type ?? 'invoke']}`;
      return `${(heads[i] as string).padEnd(width)} ${' '.repeat(start)}${bar}`;
    })
    .join('\n');
};
