// Fuzzes the JSON Lines codec, pairing and the linter: `node test/fuzz/jsonl.ts --minutes 10 [--seed N]`.
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { OrdealError } from '../../src/base/errors.ts';
import { fork, Random, rngOf } from '../../src/base/random.ts';
import { parseHistory, parseOp, stringifyOp } from '../../src/history/codec.ts';
import { ColumnWriter } from '../../src/history/column-writer.ts';
import { opsOf } from '../../src/history/columns.ts';
import { scanText } from '../../src/history/line-scanner.ts';
import { lint } from '../../src/history/lint.ts';
import type { Op } from '../../src/history/op.ts';
import { pair } from '../../src/history/pairing.ts';

const fragments = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ',',
    ':',
    '\\',
    '\n',
    '\r',
    ' ',
    '\u0000',
    '\ufeff',
    '\ud800',
    '\u2028',
    '😀',
  ],
  ...[
    'null',
    'true',
    '-',
    '-0',
    '0',
    '1e999',
    '1E+20',
    '0.1',
    '9007199254740993',
    '"__proto__":',
    '"toJSON":1',
  ],
  ...[
    '"index":',
    '"time":',
    '"process":',
    '"nemesis"',
    '"type":',
    '"info"',
    '"value":',
    '"key":',
    '"error":["x"]',
  ],
  ...['\\u0022', '\\ud83d', '{}', '[[', '"constructor":{"prototype":1}', '//'],
];
const values = [
  'null',
  '7',
  '[1,null]',
  '{"a":{"b":[]}}',
  '"ä€"',
  '-1.5e-7',
  '[["append",1,2],["r",3,null]]',
];

const drawLine = (random: Random, index: number): string => {
  const type = random.pick(['invoke', 'ok', 'fail', 'info']);
  const process = random.pick(['0', '1', '2', '"nemesis"']);
  const f = random.pick(['read', 'write']);
  const key = random.pick(['', ',"key":1', ',"key":"x"', ',"extra":[1]', ',"error":["timeout",1]']);
  const head = `{"index":${index},"time":${index * 10},"process":${process},"type":"${type}"`;
  return `${head},"f":"${f}","value":${random.pick(values)}${key}}\n`;
};

const mutate = (text: string, random: Random): string => {
  const at = random.int(text.length + 1);
  const length = random.int(random.pick([2, 8, 40]));
  const kind = random.int(5);
  if (kind === 0) return text.slice(0, at) + text.slice(at + length);
  if (kind === 1) return text.slice(0, at) + random.pick(fragments) + text.slice(at);
  if (kind === 2) return text.slice(0, at) + random.pick(fragments) + text.slice(at + length);
  if (kind === 3)
    return (
      text.slice(0, at) + text.slice(at - length, at).repeat(1 + random.int(3)) + text.slice(at)
    );
  return text.slice(0, at);
};

/** What `work` returned, or undefined when it refused its input in order; anything else thrown is a bug. */
const refusable = <T>(work: () => T, message: RegExp): T | undefined => {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof OrdealError, `threw ${String(error)}`);
    assert.equal(error.exitCode, 254);
    assert.match(error.message, message);
    return undefined;
  }
};

/** The laws for any text: it is read or refused with its line; what is read is written and read back as the same. */
export const checkText = (text: string): void => {
  checkColumns(text);
  const ops = refusable(() => parseHistory(text, 'h.jsonl'), /^h\.jsonl:\d+: /);
  if (ops === undefined) return;
  for (const op of ops) {
    const line = stringifyOp(op);
    assert.ok(!line.includes('\n'));
    assert.deepEqual(parseOp(line, 1), op);
    assert.equal(stringifyOp(parseOp(line, 1)), line);
  }
  checkPairing(ops);
};

/** Columns scanned from bytes hold what the parser of whole lines reads, and refuse what it refuses, in its words. */
const checkColumns = (raw: string): void => {
  const text = raw.toWellFormed(); // half a surrogate pair has no bytes
  const told: string[] = [];
  const attempt = (read: () => readonly Op[]): readonly Op[] | undefined => {
    try {
      return read();
    } catch (error) {
      told.push((error as Error).message);
      return undefined;
    }
  };
  const parsed = attempt(() => parseHistory(text, 'h.jsonl'));
  const scanned = attempt(() => {
    const writer = new ColumnWriter();
    scanText(text, writer, 'h.jsonl');
    return opsOf(writer.finish());
  });
  assert.deepEqual(scanned, parsed);
  assert.equal(told[0], told[1]);
  if (parsed === undefined || scanned === undefined) return;
  assert.deepEqual(scanned.map(stringifyOp).map(sorted), parsed.map(stringifyOp).map(sorted));
  assert.deepEqual(lint(scanned), lint(parsed));
};

/** The letters of a text in order: further fields may stand in another order. */
const sorted = (text: string): string => [...text].sort().join('');

/** Pairing refuses exactly what the linter calls malformed, and a pair always points both ways. */
const checkPairing = (ops: readonly Op[]): void => {
  const problems = lint(ops).filter(
    ({ code }) => !['duplicate-index', 'index-gap', 'time-backwards'].includes(code),
  );
  const pairs = refusable(() => pair(ops), /^malformed history at position \d+: /);
  assert.equal(pairs === undefined, problems.length > 0);
  pairs?.forEach((other, position) => {
    if (other < 0) return;
    assert.equal(pairs[other], position);
    assert.equal(ops[other]?.process, ops[position]?.process);
  });
};

/** An integer of any size comes back with every digit, or is a plain safe number. */
const checkInteger = (random: Random): void => {
  const digits = Array.from({ length: 1 + random.int(40) }, () => random.int(10)).join('');
  const integer = `${random.pick(['', '-'])}${BigInt(digits) + 1n}`;
  const text = `{"index":0,"time":0,"process":0,"type":"ok","f":"read","value":[${integer}]}`;
  assert.equal(stringifyOp(parseOp(text, 1)), text);
};

/** One round; the seed decides everything. */
export const fuzzOnce = (seed: number): void => {
  const random = new Random(fork(rngOf(seed), 'fuzz-jsonl'));
  let text = '';
  for (let index = 0, count = 1 + random.int(12); index < count; index++)
    text += drawLine(random, index);
  for (let n = random.int(5); n > 0; n--) text = mutate(text, random);
  try {
    checkText(text);
    checkInteger(random);
  } catch (cause) {
    throw new Error(`seed ${seed}: ${JSON.stringify(text)}`, { cause });
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
  process.stdout.write(`fuzz jsonl: seeds ${first} to ${seed - 1}, nothing found\n`);
};

if (import.meta.main) main();
