// Columns: every way into them gives the same history.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHistory, stringifyOp } from '../../src/history/codec.ts';
import { ColumnWriter } from '../../src/history/column-writer.ts';
import { columnsOf, opsOf as listOf } from '../../src/history/columns.ts';
import { History } from '../../src/history/history.ts';
import { scanText } from '../../src/history/line-scanner.ts';
import type { Op } from '../../src/history/op.ts';
import { RowScanner, RowWriter } from '../../src/history/rows.ts';
import { Texts } from '../../src/history/texts.ts';
import { opsOf } from './timeline.ts';

const scanned = (text: string) => {
  const writer = new ColumnWriter();
  scanText(text, writer, 'h.jsonl');
  return writer.finish();
};
const textOf = (ops: readonly Op[]): string => ops.map((op) => `${stringifyOp(op)}\n`).join('');

/** Numbers at every border between the quick way and the exact one. */
const edges = [
  0,
  -1,
  2 ** 29,
  2 ** 30,
  2 ** 31 + 1,
  -(2 ** 31),
  2 ** 29 - 1,
  -(2 ** 29),
  1 - 2 ** 29,
  999999999999999,
  1e15,
  2 ** 53 - 1,
  1e20,
  0.1,
  -0,
];
const values = fc.oneof(
  fc.constantFrom(...edges, 2n ** 53n, -(2n ** 80n)),
  fc.jsonValue({ maxDepth: 4 }),
  fc.array(fc.tuple(fc.constantFrom('append', 'r'), fc.nat(9), fc.option(fc.integer()))),
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
);
const times = fc.oneof(fc.nat(1e9), fc.constantFrom(-5, 999999999999999, 1e15, 2 ** 53 - 1));
const operations: fc.Arbitrary<Op> = fc
  .record({
    process: fc.oneof(
      fc.nat(5),
      fc.constantFrom<'nemesis' | number>('nemesis', 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1),
    ),
    type: fc.constantFrom('invoke' as const, 'ok' as const, 'fail' as const, 'info' as const),
    f: fc.constantFrom('read', 'write', 'a "quoted" f', 'ü', ''),
    value: values,
    key: fc.option(fc.oneof(fc.nat(3), fc.constantFrom('x', '0', -1, 4096, 1.5, 'a\\b')), {
      nil: undefined,
    }),
    error: fc.option(fc.constantFrom(['timeout'] as const, ['x', 0.5, { a: [1] }] as const), {
      nil: undefined,
    }),
    node: fc.option(fc.constantFrom('n1', 2n ** 70n), { nil: undefined }),
    time: times,
    gap: fc.constantFrom(0, 0, 0, 0, 3),
  })
  .map(({ key, error, node, gap, ...op }) => ({
    index: gap,
    ...op,
    ...(key === undefined ? {} : { key }),
    ...(error === undefined ? {} : { error }),
    ...(node === undefined ? {} : { node }),
  }));
const histories = fc.array(operations, { maxLength: 12 }).map((ops) => {
  let next = 0;
  return ops.map((op) => {
    const index = next + op.index;
    next = index + 1;
    return { ...op, index };
  });
});

/** Through the closed form, in blocks of some lines. */
const closed = (ops: readonly Op[], blockLength: number) => {
  const rows = new RowWriter();
  const writer = new ColumnWriter();
  const scanner = new RowScanner(writer, 'h.rows');
  for (let from = 0; from < ops.length; from += blockLength) {
    const text = rows.textOf(scanned(textOf(ops.slice(from, from + blockLength))));
    scanner.take(Buffer.from(text, 'utf8'), 1 + from);
  }
  return writer.finish();
};

test('a history is the same after it was closed', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 12 }), (ops, blockLength) => {
      expect(textOf(listOf(closed(ops, blockLength)))).toBe(textOf(ops));
    }),
  );
});

test('scanned bytes, pushed operations and parsed lines are one history', () => {
  fc.assert(
    fc.property(histories, (ops) => {
      const text = textOf(ops);
      const writer = new ColumnWriter();
      for (const op of ops) writer.push(op);
      const parsed = parseHistory(text);
      expect(listOf(scanned(text))).toEqual(parsed);
      expect(listOf(writer.finish())).toEqual(parsed);
      expect(textOf(listOf(scanned(text)))).toBe(text);
    }),
    { numRuns: 60 },
  );
});

const views = (history: History) => ({
  keys: [...history.byKey()],
  processes: [...history.byProcess()],
  clients: history.clients(),
  pairs: Array.from({ length: history.length }, (_, at) => [
    history.completionOf(at),
    history.invocationOf(at),
  ]),
  fields: Array.from({ length: history.length }, (_, at) => [
    history.indexAt(at),
    history.timeAt(at),
    history.processAt(at),
    history.typeAt(at),
    history.fAt(at),
    history.keyAt(at),
    history.valueAt(at),
  ]),
});

/** Whatever the operations, a history that pairs: each process has its own invocation and completion. */
const paired = (ops: readonly Op[]): Op[] =>
  ops.flatMap((op, i) => {
    const { key, ...rest } = op;
    const process = op.process === 'nemesis' ? op.process : i;
    const half = { ...rest, process, error: ['x'] as const };
    return [
      { ...op, process, index: i * 2, type: 'invoke' as const },
      {
        ...half,
        index: i * 2 + 1,
        type:
          op.process === 'nemesis'
            ? ('info' as const)
            : op.type === 'invoke'
              ? ('ok' as const)
              : op.type,
      },
    ];
  });

test('a history on scanned columns answers like one on objects', () => {
  fc.assert(
    fc.property(histories.map(paired), (ops) => {
      const [columns, objects] = [History.of(scanned(textOf(ops))), History.from(ops)];
      expect(views(columns)).toEqual(views(objects));
      expect([...columns]).toEqual([...parseHistory(textOf(ops))]);
      expect(columns.ops.map((op) => op.index)).toEqual(objects.ops.map((op) => op.index));
    }),
    { numRuns: 60 },
  );
});

test.each(['index', 'time', 'process', 'key'])(
  '%s beyond 2^53 is refused as the parser of lines does',
  (field) => {
    for (const digits of ['9007199254740993', '99999999999999999999', '-9007199254740993']) {
      const fields = { index: '0', time: '0', process: '0', key: '0', [field]: digits };
      const head = `{"index":${fields.index},"time":${fields.time},"process":${fields.process}`;
      const text = `${head},"type":"ok","f":"r","value":1,"key":${fields.key}}`;
      expect(() => scanned(text)).toThrow(new RegExp(`^h.jsonl:1: expected ${field}`));
    }
  },
);

/** Tokens at the borders of JSON and of what a field may hold, right and wrong. */
const tokens = [
  ...[
    '0',
    '00',
    '01',
    '-0',
    '-01',
    '-',
    '+1',
    '1.',
    '.5',
    '1.0',
    '1e2',
    '999999999999999',
    '9007199254740991',
  ],
  ...[
    'null',
    'nul',
    'true',
    'tru',
    'True',
    '""',
    '"',
    '"a',
    '"a\tb"',
    '"a\u0001b"',
    '"\\t"',
    '"\\x"',
    '"ü"',
    '"nemesis"',
  ],
  ...[
    '[]',
    '[',
    '[1,]',
    '[,1]',
    '[1 ,2]',
    '[01]',
    '[-0]',
    '["x"]',
    '["x",-0]',
    '["x"',
    '[["x"]]',
    '{}',
    '{"a":1}',
    '{"a":1,}',
  ],
  ...[
    '{"a"}',
    '{a:1}',
    '{"a":01}',
    '{"a":{"b":[-1]}}',
    '{"a":1}}',
    `${'['.repeat(30)}${']'.repeat(30)}`,
    '1,"x":2',
    '1 ',
    ' 1',
  ],
];

test.each(['index', 'time', 'process', 'type', 'f', 'value', 'key', 'error'])(
  'whatever stands as %s, the scanner says what the parser says',
  (field) => {
    const outcome = (read: () => readonly Op[]): unknown => {
      try {
        return read().map(stringifyOp);
      } catch (thrown) {
        return (thrown as Error).message;
      }
    };
    const sound = {
      index: '0',
      time: '0',
      process: '0',
      type: '"ok"',
      f: '"r"',
      value: '1',
      key: '0',
      error: '["x"]',
    };
    for (const token of tokens) {
      const record = Object.entries({ ...sound, [field]: token }).map(
        ([name, part]) => `"${name}":${part}`,
      );
      const text = `{${record.join(',')}}\n`;
      expect([token, outcome(() => listOf(scanned(text)))]).toEqual([
        token,
        outcome(() => parseHistory(text, 'h.jsonl')),
      ]);
    }
  },
);

test('operations are made when asked for, frozen, and the whole list only once', () => {
  const history = History.of(
    scanned(textOf(opsOf([0, 'invoke', 'write', [1, 2], 'a'], [0, 'ok', 'write', [1, 2]]))),
  );
  expect(history.op(0)).not.toBe(history.op(0));
  expect(Object.isFrozen(history.op(0))).toBe(true);
  const { ops } = history;
  expect(history.ops).toBe(ops);
  expect(history.op(1)).toBe(ops[1]);
  // A checker that is given the list and pairs it finds the columns behind it again.
  expect(columnsOf(ops)).toBe(history.columns);
  expect(History.from(ops).columns).toBe(history.columns);
  expect(columnsOf([...ops])).not.toBe(history.columns);
  expect(() => history.op(2)).toThrow('position 2 of 2 operations');
  expect(() => history.op(-1)).toThrow(RangeError);
});

test('columns grow past their first capacity with keys, errors and gaps that come late', () => {
  const ops = Array.from({ length: 20_000 }, (_, i): Op => {
    const op = {
      index: i < 9000 ? i : i + 5,
      time: i,
      process: i >> 1,
      type: i % 2 ? 'ok' : 'invoke',
      f: `f${(i >> 1) % 90}`,
      value: [i],
    } as const;
    return i < 5000
      ? op
      : { ...op, key: i >> 1, ...(i > 12_000 && i % 2 === 1 ? { error: ['x', i] as const } : {}) };
  });
  const columns = scanned(textOf(ops));
  expect(textOf(listOf(columns))).toBe(textOf(ops));
  expect(History.of(columns).byKey().size).toBe(7501);
});

test('texts are kept once, told apart by every byte, also when they are larger than a chunk', () => {
  const texts = new Texts();
  const large = 'x'.repeat(5_000_000);
  const all = [
    '',
    'a',
    'b',
    'ab',
    'ba',
    '€',
    large,
    `${large}y`,
    ...Array.from({ length: 5000 }, (_, i) => `t${i}`),
  ];
  const ids = all.map((text) => texts.addText(text));
  expect(ids.every((id, i) => id === i)).toBe(true);
  expect(all.every((text, id) => texts.addText(text) === id)).toBe(true);
  expect(ids.every((id) => texts.text(id) === all[id])).toBe(true);
  expect(texts.size).toBe(all.length);
});

test.each([
  ['x8dddza', 'xv6ebqm'],
  ['x19vnpnr', 'xyrzdpg'],
])('%s and %s, which have the same hash, are two texts', (first, second) => {
  const texts = new Texts();
  expect([first, second, first].map((text) => texts.addText(text))).toEqual([0, 1, 0]);
});
