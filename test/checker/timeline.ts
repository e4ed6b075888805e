// A drawn history: one line an operation (process, f[@key], value, bar), time from left to right.
import type { Op, OpType } from '../../src/history/op.ts';

/** Operations whose value is an answer: their invocation carries null. */
const asking = new Set(['read', 'get', 'dequeue', 'pop']);
const endings: Readonly<Record<string, OpType | undefined>> = { '|': 'ok', x: 'fail', '?': 'info' };

type Drawn = { readonly column: number; readonly op: Omit<Op, 'index' | 'time'> };

const line = (text: string): Drawn[] => {
  const match = /^\s*(\d+)\s+([\w-]+)(?:@(\w+))?\s+(\S+)\s+(\|-*[|x?>])\s*$/.exec(text);
  if (match === null) throw new Error(`not an operation: "${text}"`);
  const [, process = '', f = '', key, json = '', bar = ''] = match;
  const start = text.indexOf('|-') >= 0 ? text.indexOf('|-') : text.indexOf('||');
  const value: unknown = JSON.parse(json);
  const op = { process: Number(process), f, ...(key === undefined ? {} : { key }) };
  const invoke = { ...op, type: 'invoke' as const, value: asking.has(f) ? null : value };
  const type = endings[bar.at(-1) ?? ''];
  const end = start + bar.length - 1;
  return [
    { column: start, op: invoke },
    ...(type === undefined
      ? []
      : [{ column: end, op: { ...op, type, value: type === 'ok' ? value : invoke.value } }]),
  ];
};

/**
 * `0 write 1 |--|`: process 0 writes 1, acknowledged. A bar ends in `|` ok, `x` fail, `?` info, `>` never completed.
 * A column is a millisecond; what starts in the column where another ends is concurrent with it.
 */
export const timeline = (strings: TemplateStringsArray): Op[] =>
  strings
    .join('')
    .split('\n')
    .filter((text) => text.trim() !== '')
    .flatMap(line)
    .sort(
      (a, b) =>
        a.column - b.column || Number(a.op.type !== 'invoke') - Number(b.op.type !== 'invoke'),
    )
    .map(({ column, op }, index) => ({ index, time: column * 1_000_000, ...op }));
