// Fuzzes the EDN codec: `node test/fuzz/edn.ts --minutes 10 [--seed N]`.
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { OrdealError } from '../../src/base/errors.ts';
import { fork, Random, rngOf } from '../../src/base/random.ts';
import { opOfForm, plainOf, withKey } from '../../src/history/edn-ops.ts';
import { EdnReader, incomplete, nothing } from '../../src/history/edn-reader.ts';
import { stringifyEdn, stringifyEdnOp } from '../../src/history/edn-writer.ts';
import type { Op } from '../../src/history/op.ts';

const fragments = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '#{',
    '"',
    '\\',
    '\\\\',
    '\n',
    ' ',
    ',',
    ';',
    '#',
    '#_',
    '##NaN',
    '#:n',
    '^',
    "'",
  ],
  ...[
    'nil',
    'true',
    ':a',
    ':a/b',
    '::',
    ':',
    'sym',
    '-',
    '+',
    '0',
    '-0',
    '-0.0',
    '1N',
    '1.5M',
    '1/2',
    '1e999',
    '007',
  ],
  ...[
    '9007199254740993',
    '-99999999999999999999N',
    '1E+20',
    '\\newline',
    '\\u0041',
    '\\(',
    '\\u',
    '"\\u12"',
    '"\\7"',
  ],
  ...[
    ':index',
    ':time',
    ':process',
    ':nemesis',
    ':type',
    ':info',
    ':value',
    ':f',
    ':error',
    ':key',
    '#inst',
    '#a.b.C{}',
  ],
  ...[
    '\u0000',
    '\ufeff',
    '\ud800',
    '\u2028',
    '\u00a0',
    '😀',
    '"__proto__"',
    ':__proto__',
    ':toJSON',
    '{nil nil}',
  ],
];
const values = [
  'nil',
  '7',
  '[1 nil]',
  '{:a {"b" []}}',
  '"ä€"',
  '-1.5e-7',
  '[[:append 1 2] [:r 3 nil]]',
  '#{1 2}',
  '[5 [1 2]]',
  ':k',
];

const drawLine = (random: Random, index: number): string => {
  const tag = random.pick(['', '#jepsen.history.Op']);
  const type = random.pick([':invoke', ':ok', ':fail', ':info']);
  const process = random.pick(['0', '1', ':nemesis']);
  const extra = random.pick([
    '',
    ', :error :timeout',
    ', :error [:x "y" 1]',
    ', :node "n1"',
    ', :exception #object[a.B "c"]',
  ]);
  const head = `${tag}{:index ${index}, :time ${index * 10}, :process ${process}, :type ${type}`;
  return `${head}, :f :read, :value ${random.pick(values)}${extra}}\n`;
};

const mutate = (text: string, random: Random): string => {
  const at = random.int(text.length + 1);
  const length = random.int(random.pick([2, 8, 40]));
  const kind = random.int(4);
  if (kind === 0) return text.slice(0, at) + text.slice(at + length);
  if (kind === 1) return text.slice(0, at) + random.pick(fragments) + text.slice(at);
  if (kind === 2) return text.slice(0, at) + random.pick(fragments) + text.slice(at + length);
  return text.slice(0, at) + text.slice(at - length, at).repeat(1 + random.int(3)) + text.slice(at);
};

type Outcome = {
  readonly ops: readonly Op[];
  readonly values: readonly unknown[];
  readonly refusal?: string;
};

/** What a text in these pieces holds, up to where it is refused; anything but a refusal in order is a bug. */
const readPieces = (pieces: readonly string[]): Outcome => {
  const reader = new EdnReader('h.edn');
  const [ops, values]: [Op[], unknown[]] = [[], []];
  const refuse = (says: string): Error => reader.refusal(says);
  try {
    for (const [i, piece] of pieces.entries()) {
      reader.feed(piece, i === pieces.length - 1);
      for (
        let form = reader.read();
        form !== incomplete && form !== nothing;
        form = reader.read()
      ) {
        values.push(plainOf(form, refuse));
        ops.push(opOfForm(form, { position: ops.length, line: 1, path: 'h.edn', reader }));
      }
    }
    return { ops, values };
  } catch (error) {
    assert.ok(error instanceof OrdealError, `threw ${String(error)}`);
    assert.equal(error.exitCode, 254);
    assert.match(error.message, /^h\.edn:\d+: /);
    return { ops, values, refusal: error.message };
  }
};

/** The laws for any text: it is read or refused with its line, in pieces as whole; what was read is written and read back. */
export const checkText = (text: string, cuts: readonly number[] = []): void => {
  const whole = readPieces([text]);
  const ends = [...cuts].map((cut) => cut % (text.length + 1)).sort((a, b) => a - b);
  const pieces = [...ends, text.length].map((end, i) => text.slice(ends[i - 1] ?? 0, end));
  assert.deepEqual(readPieces(pieces), whole);
  for (const value of whole.values)
    assert.deepEqual(readPieces([stringifyEdn(value)]).values, [value]);
  for (const op of whole.ops) {
    const line = stringifyEdnOp(op);
    assert.ok(!/[\n\r]/.test(line));
    const [again] = readPieces([line]).ops as [Op];
    assert.deepEqual(op.key === undefined ? again : keyed(again), op);
  }
};

/** The key back out of the value, also for the nemesis, who has none in files of Jepsen. */
const keyed = (op: Op): Op => {
  const { process } = op;
  const asClient = withKey({ ...op, process: 0 });
  return { ...asClient, process };
};

/** One round; the seed decides everything. */
export const fuzzOnce = (seed: number): void => {
  const random = new Random(fork(rngOf(seed), 'fuzz-edn'));
  let text = '';
  for (let index = 0, count = 1 + random.int(6); index < count; index++)
    text += drawLine(random, index);
  for (let n = random.int(5); n > 0; n--) text = mutate(text, random);
  const cuts = [random.int(1000), random.int(1000)];
  try {
    checkText(text, cuts);
  } catch (cause) {
    throw new Error(`seed ${seed}: ${JSON.stringify(text)} cut at ${cuts}`, { cause });
  }
};

const main = (): void => {
  const { values: options } = parseArgs({
    options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' } },
  });
  const first = options.seed === undefined ? Date.now() : Number(options.seed);
  const end = performance.now() + Number(options.minutes) * 60_000;
  let seed = first;
  do fuzzOnce(seed++);
  while (performance.now() < end);
  process.stdout.write(`fuzz edn: seeds ${first} to ${seed - 1}, nothing found\n`);
};

if (import.meta.main) main();
