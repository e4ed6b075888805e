// The library's door: what is answered to broken, unfinished and unusual histories, and to the options.
import { type CheckOptions, check, mopCodes, type TxnOp, typeCodes } from 'elle-js-bridge';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bigHistory } from './big-histories.ts';
import { runDatabase } from './database.ts';

const list: CheckOptions = { workload: 'list-append' };
const register: CheckOptions = { workload: 'rw-register' };

const history = (
  ...lines: readonly (readonly [number, TxnOp['type'], TxnOp['value']])[]
): TxnOp[] =>
  lines.map(([process, type, value], index) => ({
    index,
    time: index,
    process,
    type,
    f: 'txn',
    value,
  }));

describe('histories that cannot be judged', () => {
  test.each([
    ['unexpected-micro-operations', list, history([0, 'ok', [['w', 'x', 1]]])],
    ['unexpected-micro-operations', register, history([0, 'ok', [['append', 'x', 1]]])],
    [
      'duplicate-appends',
      list,
      history([0, 'ok', [['append', 'x', 1]]], [1, 'fail', [['append', 'x', 1]]]),
    ],
    [
      'duplicate-writes',
      register,
      history([0, 'ok', [['w', 'x', 1]]], [1, 'ok', [['w', 'x', 1]]], [1, 'ok', [['r', 'x', 1]]]),
    ],
    [
      'double-invoke',
      list,
      history([0, 'invoke', [['r', 'x', null]]], [0, 'invoke', [['r', 'x', null]]]),
    ],
    [
      'mixed-key-types',
      register,
      history([
        0,
        'ok',
        [
          ['w', 'x', 1],
          ['w', 2, 1],
        ],
      ]),
    ],
    ['unknown-model', { ...list, consistencyModels: ['perfect'] }, []],
    ['unknown-workload', { workload: 'bank' as never }, []],
  ] as const)('%s', (code, options, ops) => {
    const result = check(ops, options);
    expect(result.valid).toBe('unknown');
    expect(result.error?.code).toBe(code);
  });

  test('an append still open when the history ends, and seen: no verdict, and why', () => {
    const ops = history(
      [0, 'invoke', [['append', 'x', 1]]],
      [1, 'invoke', [['r', 'x', null]]],
      [1, 'ok', [['r', 'x', [1]]]],
    );
    const result = check(ops, list);
    expect([result.valid, result.anomalyTypes]).toEqual(['unknown', ['open-write-observed']]);
    const completed = check([...ops, ...history([0, 'info', [['append', 'x', 1]]])], list);
    expect(completed.valid).toBe(true);
  });

  test('an empty history', () => {
    expect(check([], list).anomalyTypes).toEqual(['empty-transaction-graph']);
  });
});

describe('what Elle cannot say', () => {
  test('garbage reads of lists, under every model and none', () => {
    const ops = history(
      [0, 'ok', [['append', 'y', 1]]],
      [1, 'ok', [['r', 'y', [1]]]],
      [2, 'ok', [['r', 'x', [7]]]],
    );
    for (const consistencyModels of [['read-uncommitted'], null])
      expect(check(ops, { ...list, consistencyModels })).toMatchObject({
        valid: false,
        anomalyTypes: ['garbage-read'],
      });
  });

  test('garbage reads of registers: a warning, and an anomaly when asked', () => {
    const ops = history(
      [0, 'ok', [['w', 'x', 1]]],
      [1, 'ok', [['r', 'x', 7]]],
      [1, 'ok', [['r', 'x', 1]]],
    );
    const plain = check(ops, { ...register, consistencyModels: ['serializable'] });
    expect([plain.valid, plain.warnings?.length]).toEqual([true, 1]);
    expect(check(ops, { ...register, beyondElle: true }).anomalyTypes).toEqual(['garbage-read']);
  });

  test('a crashed writer of registers that was seen by halves', () => {
    const ops = history(
      [
        0,
        'invoke',
        [
          ['w', 'x', 1],
          ['w', 'y', 1],
        ],
      ],
      [
        0,
        'info',
        [
          ['w', 'x', 1],
          ['w', 'y', 1],
        ],
      ],
      [
        1,
        'invoke',
        [
          ['r', 'x', null],
          ['r', 'y', null],
        ],
      ],
      [
        1,
        'ok',
        [
          ['r', 'x', 1],
          ['r', 'y', null],
        ],
      ],
    );
    const options = { ...register, consistencyModels: ['serializable'] };
    expect(check(ops, options).valid).toBe('unknown');
    expect(check(ops, { ...options, beyondElle: true }).anomalyTypes).toEqual(['G-single-item']);
  });
});

describe('options', () => {
  test('extra graphs alone do not make their anomalies count', () => {
    const ops = history(
      [0, 'invoke', [['append', 'x', 1]]],
      [0, 'ok', [['append', 'x', 1]]],
      [1, 'invoke', [['r', 'x', null]]],
      [1, 'ok', [['r', 'x', null]]],
    );
    const options: CheckOptions = {
      ...list,
      consistencyModels: ['serializable'],
      additionalGraphs: ['realtime'],
    };
    expect(check(ops, options).valid).toBe(true);
    expect(check(ops, { ...options, anomalies: ['G-single-item-realtime'] }).valid).toBe(false);
  });

  test('linearizable keys: no cyclic versions on a valid history of thousands of transactions', () => {
    const columns = bigHistory({ workload: 'rw-register', txns: 3000, concurrency: 20 });
    expect(
      check(columns, { ...register, linearizableKeys: true, sequentialKeys: true }).valid,
    ).toBe(true);
  });
});

describe('columns', () => {
  test('the same verdict as operations', () => {
    for (const workload of ['list-append', 'rw-register'] as const) {
      const columns = bigHistory({ workload, txns: 300, concurrency: 5, isolation: 'none' });
      const ops = Array.from({ length: columns.type.length }, (_, position): TxnOp => {
        const value: TxnOp['value'][number][] = [];
        for (let at = columns.mopStart[position]!; at < columns.mopStart[position + 1]!; at++) {
          const [key, number] = [columns.mopKey[at]!, columns.mopValue[at]!];
          if (columns.mopF[at] === mopCodes.append) value.push(['append', key, number]);
          else if (columns.mopF[at] === mopCodes.w) value.push(['w', key, number]);
          else if (!columns.listStart)
            value.push(['r', key, number === -2147483648 ? null : number]);
          else {
            const { listStart, listElements } = columns;
            value.push([
              'r',
              key,
              number < 0
                ? null
                : [...listElements!.subarray(listStart[number], listStart[number + 1])],
            ]);
          }
        }
        const type = (Object.keys(typeCodes) as TxnOp['type'][])[columns.type[position]!]!;
        return {
          index: position,
          time: -1,
          process: columns.process[position]!,
          type,
          f: 'txn',
          value,
        };
      });
      const options = { workload, linearizableKeys: workload === 'rw-register' };
      const [fromColumns, fromOps] = [check(columns, options), check(ops, options)];
      expect(fromColumns.valid).toBe(false);
      expect(fromColumns).toEqual(fromOps);
    }
  });
});

test('text and large values as keys and elements change nothing', () => {
  for (let seed = 0; seed < 40; seed++) {
    const plain = runDatabase({
      seed,
      level: 'snapshot',
      lists: true,
      ...(seed % 2 ? { bug: 'dirty-read' } : {}),
    });
    const named = (value: unknown): unknown =>
      typeof value === 'number' ? (value % 2 ? `v${value}` : value * 1e12) : value;
    const renamed = plain.map((op) => ({
      ...op,
      value: op.value.map(([f, key, value]) => [
        f,
        `${String(key)}!`,
        Array.isArray(value) ? value.map(named) : named(value),
      ]),
    })) as TxnOp[];
    const [a, b] = [check(plain, list), check(renamed, list)];
    expect([b.valid, b.anomalyTypes, b.not]).toEqual([a.valid, a.anomalyTypes, a.not]);
  }
});

test('vectors and maps as keys and elements are compared by what they hold', () => {
  const ops = JSON.parse(
    JSON.stringify([
      { process: 0, type: 'invoke', value: [['append', [1], { a: 1 }]] },
      { process: 0, type: 'ok', value: [['append', [1], { a: 1 }]] },
      { process: 0, type: 'invoke', value: [['append', [1], { a: 2 }]] },
      { process: 0, type: 'ok', value: [['append', [1], { a: 2 }]] },
      { process: 1, type: 'invoke', value: [['r', [1], null]] },
      { process: 1, type: 'ok', value: [['r', [1], [{ a: 1 }]]] },
      { process: 1, type: 'invoke', value: [['r', [1], null]] },
      { process: 1, type: 'ok', value: [['r', [1], [{ a: 1 }, { a: 2 }]]] },
    ]),
  );
  expect(check(ops, { ...list, consistencyModels: ['serializable'] }).valid).toBe(true);
  expect(check(ops, list).anomalyTypes).toEqual(['G-single-item-realtime']);
});

test('no history makes it throw', () => {
  const scalar = fc.oneof(
    fc.constantFrom(1, 2, 'x', 'y', null, -0, 1.5, 2n ** 60n),
    fc.anything({ withBigInt: true, withNullPrototype: true }),
  );
  const mop = fc.oneof(
    fc.tuple(
      fc.constantFrom('r', 'append', 'w'),
      fc.constantFrom('x', 'y'),
      fc.constantFrom(1, 2, 3),
    ),
    fc.tuple(fc.constant('r'), fc.constantFrom('x', 'y'), fc.array(fc.constantFrom(1, 2, 3))),
    fc.tuple(fc.constantFrom('r', 'append'), fc.constantFrom('x', 'y'), fc.array(scalar)),
    fc.tuple(fc.constantFrom('r', 'append', 'w', 'q'), scalar, scalar),
  );
  const op = fc.record({
    process: fc.oneof(fc.constantFrom(0, 1, 2), scalar),
    type: fc.constantFrom('invoke', 'ok', 'ok', 'info', 'fail', 'strange'),
    value: fc.oneof(fc.array(mop, { maxLength: 4 }), scalar),
  });
  fc.assert(
    fc.property(fc.array(op, { maxLength: 12 }), fc.boolean(), (ops, isList) => {
      const options = { ...(isList ? list : register), linearizableKeys: true, wfrKeys: true };
      expect([true, false, 'unknown']).toContain(check(ops as never, options).valid);
    }),
    { numRuns: 500 },
  );
});
