// The codec: exact round trips, refusals with line numbers, torn last lines.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHistory, parseOp, stringifyOp } from '../../src/history/codec.ts';
import { mayBeRounded, parseJson, stringifyJson } from '../../src/history/json.ts';
import type { Op } from '../../src/history/op.ts';

const line =
  '{"index":3,"time":1700,"process":2,"type":"ok","f":"read","value":[1,null],"key":"x"}';
const refusal = (text: string): string => {
  try {
    parseOp(text, 12, 'history.jsonl');
  } catch (error) {
    expect(error).toMatchObject({ name: 'OrdealError', exitCode: 254 });
    return (error as Error).message;
  }
  return 'accepted';
};
const without = (field: string, value?: unknown): string =>
  JSON.stringify({ ...(JSON.parse(line) as object), [field]: value });

test('a line becomes a frozen operation and the same line again', () => {
  const op = parseOp(line, 1);
  expect(op).toEqual({
    index: 3,
    time: 1700,
    process: 2,
    type: 'ok',
    f: 'read',
    value: [1, null],
    key: 'x',
  });
  expect(Object.isFrozen(op)).toBe(true);
  expect(stringifyOp(op)).toBe(line);
});

test('unknown keys survive a round trip, even __proto__', () => {
  const text = `${line.slice(0, -1)},"error":["timeout",{"ms":5}],"node":"n1","__proto__":{"a":1}}`;
  expect(stringifyOp(parseOp(text, 1))).toBe(text);
});

test('value, index and time may be absent in histories from elsewhere', () => {
  expect(parseOp('{"process":0,"type":"invoke","f":"read"}', 5)).toEqual({
    index: 4,
    time: 4,
    process: 0,
    type: 'invoke',
    f: 'read',
    value: null,
  });
});

test.each([
  ['{"index":3,', /^history.jsonl:12: not JSON: /],
  ['[1]', /^history.jsonl:12: expected an object, got \[1\]$/],
  ['null', /expected an object, got null/],
  [
    without('type', 'okay'),
    /^history.jsonl:12: expected type to be invoke, ok, fail or info, got "okay"$/,
  ],
  [without('process', -1), /expected process to be a whole number from 0 or "nemesis", got -1/],
  [without('process', 'client'), /expected process to be .*, got "client"/],
  [without('f'), /expected f to be text, got nothing/],
  [without('time', 1.5), /expected time to be whole nanoseconds up to 2\^53, got 1.5/],
  [without('index', -1), /expected index to be a whole number from 0, got -1/],
  [without('key', null), /expected key to be text or a number up to 2\^53, got null/],
  [
    without('error', 'timeout'),
    /expected error to be a list that begins with a code, got "timeout"/,
  ],
  [line.replace('1700', '9007199254740993'), /expected time to be .*, got "9007199254740993"/],
  [line.replace('"x"', '9007199254740993'), /expected key to be .*, got "9007199254740993"/],
  [line.replace('null', '1e999'), /not JSON: 1e999 is beyond what a number can hold/],
  [line.replace('null', `${'['.repeat(100_000)}${']'.repeat(100_000)}`), /nest deeper than 500/],
])('%.60s is refused with its line', (text, message) => {
  expect(refusal(text)).toMatch(message);
});

test('integers beyond 2^53 keep every digit, as bigints', () => {
  const text = line.replace(
    '[1,null]',
    '[9007199254740993,-9007199254740992,9007199254740991,1e+20,0.1]',
  );
  const op = parseOp(text, 1);
  expect(op.value).toEqual([9007199254740993n, -9007199254740992n, 9007199254740991, 1e20, 0.1]);
  expect(stringifyOp(op)).toBe(text);
});

test('what JSON would lose is refused with the operation named, never written as something else', () => {
  const op = parseOp(line, 1);
  for (const value of [
    Number.NaN,
    Infinity,
    new Map(),
    new Set([1]),
    new Uint8Array(2),
    5n,
    () => 1,
    Symbol('s'),
  ]) {
    expect(() => stringifyOp({ ...op, value: { deep: [value] } })).toThrow(
      /^operation 3 \(read, process 2, ok\): .* cannot be written as JSON$/,
    );
  }
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  expect(() => stringifyOp({ ...op, value: cyclic })).toThrow(/nest deeper than 500 levels/);
});

test('dates write themselves, undefined is null or absent', () => {
  expect(stringifyJson({ at: new Date(0), gone: undefined, list: [undefined] })).toBe(
    '{"at":"1970-01-01T00:00:00.000Z","list":[null]}',
  );
});

const big = fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }).chain((n) => fc.constantFrom(n, -n));
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    big,
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
})).value;
const operation: fc.Arbitrary<Op> = fc.record(
  {
    index: fc.nat(),
    time: fc.maxSafeInteger(),
    process: fc.oneof(fc.nat(), fc.constant('nemesis' as const)),
    type: fc.constantFrom('invoke', 'ok', 'fail', 'info'),
    f: fc.string({ unit: 'binary' }),
    value: plain,
    key: fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    error: fc.tuple(fc.string(), plain) as fc.Arbitrary<[string, ...unknown[]]>,
    extra: plain,
  },
  { requiredKeys: ['index', 'time', 'process', 'type', 'f', 'value'] },
);

test('any operation survives the way to text and back, bit by bit', () => {
  fc.assert(
    fc.property(operation, (op) => {
      const text = stringifyOp(op);
      expect(text).not.toContain('\n');
      const back = parseOp(text, 1);
      // Dictionaries of fast-check may lack a prototype; strict equality of everything else, −0 and bigints included.
      expect(stringifyJson(back)).toBe(stringifyJson(op));
      expect(back).toEqual(op);
    }),
    { numRuns: 500 },
  );
});

test('agrees with the JSON of the platform where that loses nothing', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value: unknown = JSON.parse(text);
      fc.pre(!mayBeRounded(value));
      expect(parseJson(text)).toEqual(value);
      expect(JSON.parse(stringifyJson(value))).toEqual(value);
    }),
  );
});

test('a torn last line is dropped wherever it was cut, a broken line in the middle is an error', () => {
  const text = `${line}\n${line.replace('3', '4')}\n`;
  for (let cut = line.length + 1; cut < text.length; cut++) {
    const whole = cut === text.length - 1; // only the newline is missing
    expect(parseHistory(text.slice(0, cut))).toHaveLength(whole ? 2 : 1);
  }
  expect(() => parseHistory(`${line}\n${line.slice(0, 40)}\n${line}\n`, 'h.jsonl')).toThrow(
    /^h.jsonl:2: not JSON/,
  );
  expect(() => parseHistory(`${line}\n{"type":"ok"}`, 'h.jsonl')).toThrow(
    /^h.jsonl:2: expected process/,
  );
  expect(() => parseHistory(`${line}\n\u0000\u0000\n`, 'h.jsonl')).toThrow(/^h.jsonl:2: not JSON/);
  expect(parseHistory(`${line}\n\u0000\u0000\u0000`)).toHaveLength(1);
});

test('byte order mark, blank lines and carriage returns do no harm', () => {
  expect(parseHistory(`\ufeff${line}\r\n\r\n${line}\r\n`)).toHaveLength(2);
  expect(parseHistory('')).toEqual([]);
});
