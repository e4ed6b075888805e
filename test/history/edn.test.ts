// EDN: what Jepsen, Knossos, Elle and elle-cli write is read exactly or refused with its line, and what we write comes back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { looksIndependent, opOfForm, plainOf, withKey } from '../../src/history/edn-ops.ts';
import { EdnReader, incomplete, nothing } from '../../src/history/edn-reader.ts';
import { stringifyEdn, stringifyEdnOp } from '../../src/history/edn-writer.ts';
import type { Op } from '../../src/history/op.ts';
import { opsOf } from './timeline.ts';

const readerOf = (text: string): EdnReader => {
  const reader = new EdnReader('h.edn');
  reader.feed(text, true);
  return reader;
};
/** The plain values of every form in a text. */
const read = (text: string): unknown[] => {
  const reader = readerOf(text);
  const values: unknown[] = [];
  for (let form = reader.read(); form !== nothing; form = reader.read()) {
    if (form === incomplete) throw new Error('incomplete although the text is whole');
    values.push(plainOf(form, (says) => reader.refusal(says)));
  }
  return values;
};
const readOp = (text: string): Op => {
  const reader = readerOf(text);
  const form = reader.read();
  if (form === incomplete || form === nothing) throw new Error('no form');
  return opOfForm(form, { position: 7, line: 1, path: 'h.edn', reader });
};

test.each<[string, unknown[]]>([
  ['nil true false', [null, true, false]],
  ['1 -1 +1 0 -0 12N -12N', [1, -1, 1, 0, 0, 12, -12]],
  [
    '9007199254740991 9007199254740992 -9223372036854775808 9007199254740993N',
    [2 ** 53 - 1, 2n ** 53n, -(2n ** 63n), 2n ** 53n + 1n],
  ],
  ['1.5 -0.0 1. 1e3 1.0E20 -2.5e-7', [1.5, -0, 1, 1000, 1e20, -2.5e-7]],
  ['"a" "" "ü\n" "q\\"\\\\\\n\\t" "\\u00e4\\101" "\\\\"', ['a', '', 'ü\n', 'q"\\\n\t', 'äA', '\\']],
  [':a :a/b :a.b/c-d? sym a/b + - ->x', ['a', 'a/b', 'a.b/c-d?', 'sym', 'a/b', '+', '-', '->x']],
  ['\\a \\newline \\space \\u0041 \\( \\, \\o101 \\\\', ['a', '\n', ' ', 'A', '(', ',', 'A', '\\']],
  ['[1 [2 (3)] #{4 5}]', [[1, [2, [3]], [4, 5]]]],
  ['[]()#{}{}', [[], [], [], {}]],
  ['{:a 1, "b" 2 3 4, nil 5 [1 :k] 6}', [{ a: 1, b: 2, 3: 4, nil: 5, '[1 "k"]': 6 }]],
  ['#:n{:a 1 :_/b 2 :m/c 3 "d" 4}', [{ 'n/a': 1, b: 2, 'm/c': 3, d: 4 }]],
  ['#inst "2026-01-01" #my.ns.Rec{:a 1}', [{ '#inst': '2026-01-01' }, { '#my.ns.Rec': { a: 1 } }]],
  ['; a comment\n1 #_ 2 #_#_ 3 [4] 5,,,6 ; end', [1, 5, 6]],
  ['[1 #_2]{:a #_[x] 1 #_:b}', [[1], { a: 1 }]],
  ['', []],
  [' ,\n; only this', []],
])('%s', (text, values) => {
  expect(read(text)).toEqual(values);
});

test.each([
  ['\n1.5M', /^h.edn:2: 1.5M would lose its exactness/],
  ['22/7', /22\/7 would lose its exactness/],
  ['##Inf', /##Inf is no number/],
  ['1e999', /1e999 is beyond what a number can hold/],
  ['012', /012 is not a number/],
  ['1x', /1x is not a number/],
  ['0x1F', /0x1F is not a number/],
  ['{:a}', /a map with a key without value/],
  ['{:a 1 :a 2}', /two fields named "a"/],
  ['{:a 1 "a" 2}', /two fields named "a"/],
  ['[1 2', /^h.edn:1: the text ends in the middle of a form/],
  ['[1 2\n"abc', /^h.edn:2: the text ends in the middle of a form|^h.edn:1: the text ends/],
  ['[1 2)', /unexpected \)/],
  [']', /unexpected \]/],
  ['\\nowhere', /\\nowhere is not a character/],
  ['"\\q"', /\\q in a string/],
  ['#"regex"', /#" is not EDN/],
  ['#(inc %)', /#\( is not EDN/],
  ["'a", /'a is not EDN/],
  ['^{:m 1} a', /\^ is not EDN/],
  [':', /: is not a keyword/],
  ['::a', /::a is not a keyword/],
  ['#foo', /the text ends/],
  ['#_', /the text ends/],
  ['['.repeat(600), /nest deeper than 500 levels/],
])('%s is refused', (text, message) => {
  expect(() => read(text)).toThrow(message);
});

test('operations of Jepsen: a record behind its tag, with keywords for names', () => {
  expect(
    readOp(
      '#jepsen.history.Op{:index 3, :time 1700, :type :ok, :process 0, :f :txn, :value [[:append 1 2] [:r 3 [4 5]]], :node "n1"}',
    ),
  ).toEqual({
    index: 3,
    time: 1700,
    type: 'ok',
    process: 0,
    f: 'txn',
    value: [
      ['append', 1, 2],
      ['r', 3, [4, 5]],
    ],
    node: 'n1',
  });
  expect(readOp('{:process :nemesis, :type :info, :f :start, :value {:n1 #{"n2"}}}')).toEqual({
    index: 7,
    time: 7,
    process: 'nemesis',
    type: 'info',
    f: 'start',
    value: { n1: ['n2'] },
  });
  expect(
    readOp('{:index -1 :time -1 :process 1 :type :fail :f :cas :value [1 2] :error nil}'),
  ).toEqual({
    index: 7,
    time: -1,
    process: 1,
    type: 'fail',
    f: 'cas',
    value: [1, 2],
  });
});

test.each([
  [':timeout', ['timeout']],
  ['"indeterminate: timed out"', ['error', 'indeterminate: timed out']],
  ['[:not-found "no lease"]', ['not-found', 'no lease']],
  ['[404 "x"]', ['error', [404, 'x']]],
  ['{:code 5}', ['error', { code: 5 }]],
])('the error %s', (text, error) => {
  expect(readOp(`{:process 0 :type :info :f :r :error ${text}}`).error).toEqual(error);
});

test.each([
  [
    '{:index 1 :type :invoke :value 1}',
    /^h.edn:1: expected process to be a whole number from 0 or "nemesis", got nothing/,
  ],
  ['{:process 0 :type :okay :f :r}', /expected type to be invoke, ok, fail or info, got "okay"/],
  ['{:process 0 :type :ok :f :r :index 9007199254740993}', /expected index to be a whole number/],
  ['{:process 0 :type :ok :f nil}', /expected f to be text, got null/],
  ['{:process 0 :process 1 :type :ok :f :r}', /two fields named "process" in one operation/],
  ['[1 2]', /expected a map, got \[1 2\]/],
])('%s is no operation', (text, message) => {
  expect(() => readOp(text)).toThrow(message);
});

test('what is written is what Jepsen writes', () => {
  const [write, txn] = opsOf(
    [0, 'ok', 'write', 5, 'x'],
    [
      1,
      'info',
      'txn',
      [
        ['append', 1, 2],
        ['r', 3, null],
      ],
    ],
  );
  expect([
    stringifyEdnOp(write!),
    stringifyEdnOp({ ...txn!, error: ['timeout'] }),
    stringifyEdnOp({
      ...txn!,
      process: 'nemesis',
      f: 'cut it',
      value: { n1: ['n2'], 3: 2n ** 64n, '#inst': 'x' },
      error: ['net', 5],
    }),
    stringifyEdnOp({
      ...txn!,
      value: { '#inst': 'x' },
      error: ['error', 'no\n "answer"'],
      node: 'n1',
    } as Op),
  ]).toMatchInlineSnapshot(`
    [
      "{:index 0, :time 0, :process 0, :type :ok, :f :write, :value ["x" 5]}",
      "{:index 1, :time 10, :process 1, :type :info, :f :txn, :value [[:append 1 2] [:r 3 nil]], :error :timeout}",
      "{:index 1, :time 10, :process :nemesis, :type :info, :f "cut it", :value {3 18446744073709551616N, :n1 ["n2"], "#inst" "x"}, :error [:net 5]}",
      "{:index 1, :time 10, :process 1, :type :info, :f :txn, :value #inst "x", :error "no\\n \\"answer\\"", :node "n1"}",
    ]
  `);
  expect(() => stringifyEdnOp({ ...txn!, value: Number.NaN })).toThrow(
    /operation 1 \(txn, process 1, info\): NaN cannot/,
  );
  expect(() => stringifyEdnOp({ ...txn!, value: 5n })).toThrow(/bigint 5n cannot be written/);
});

const names = fc.oneof(
  fc.constantFrom(
    'append',
    'r',
    'a/b',
    '1a',
    'nil',
    '-5',
    '12',
    '01',
    '#x',
    '#inst',
    ':k',
    'ü',
    '',
  ),
  fc.string({ unit: 'binary' }),
);
const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 1e20, 1e-7, 2 ** 53 - 1),
  fc.bigInt({ min: 2n ** 53n }),
  fc.bigInt({ max: -(2n ** 53n) }),
);
const { value: plain } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    numbers,
    names,
    fc.array(tie('value')),
    fc.dictionary(names, tie('value')),
  ),
}));

test('every plain value comes back as it was', () => {
  fc.assert(
    fc.property(plain, (value) => {
      const text = stringifyEdn(value);
      expect(text).not.toMatch(/[\n\r]/);
      // −0 apart from 0, and dictionaries of fast-check may lack a prototype.
      expect(read(text)).toEqual([value === undefined ? null : value]);
    }),
    { numRuns: 300 },
  );
});

test('text that arrives in pieces is read as the whole is', () => {
  const text =
    '#jepsen.history.Op{:a [1 2.5 "x\\"y;" \\a #_ (z) ] ; c\n :b #{:k 12N}} #_#_ 1 2 sym';
  const whole = read(text);
  for (let cut = 0; cut <= text.length; cut++) {
    const reader = new EdnReader('h.edn');
    const values: unknown[] = [];
    for (const [piece, isWhole] of [
      [text.slice(0, cut), false],
      [text.slice(cut), true],
    ] as const) {
      reader.feed(piece, isWhole);
      for (let form = reader.read(); form !== nothing && form !== incomplete; form = reader.read())
        values.push(plainOf(form, (says) => reader.refusal(says)));
    }
    expect(values).toEqual(whole);
    expect(reader.line).toBe(2);
  }
});

test('independent keys are found by what every client does, never by chance', () => {
  const keyed = opsOf(
    [0, 'invoke', 'read', [3, null]],
    ['nemesis', 'info', 'cut'],
    [0, 'ok', 'read', [3, 5]],
    [1, 'invoke', 'cas', [3, [5, 6]]],
  );
  expect(looksIndependent(keyed)).toBe(true);
  expect(keyed.map(withKey).map(({ key, value }) => [key, value])).toEqual([
    [3, null],
    [undefined, null],
    [3, 5],
    [3, [5, 6]],
  ]);
  expect(looksIndependent(opsOf([0, 'invoke', 'cas', [1, 2]], [0, 'ok', 'cas', [1, 2]]))).toBe(
    false,
  );
  expect(looksIndependent(opsOf([0, 'invoke', 'read', null], [0, 'ok', 'read', [3, null]]))).toBe(
    false,
  );
  expect(
    looksIndependent(
      opsOf([
        0,
        'invoke',
        'txn',
        [
          ['r', 1, null],
          ['r', 2, null],
        ],
      ]),
    ),
  ).toBe(false);
  expect(looksIndependent([])).toBe(false);
});
