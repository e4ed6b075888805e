// EDN both ways.
import { ednOf, readEdn } from 'elle-js-bridge';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

describe('reading', () => {
  test('an operation as Jepsen writes it', () => {
    const text =
      '#jepsen.history.Op{:index 0, :time 12, :type :ok, :process :nemesis, :f :txn, :value [[:append 3 1] [:r 3 [1 2]] [:r 4 nil]]}';
    expect(readEdn(text)).toEqual([
      {
        index: 0,
        time: 12,
        type: 'ok',
        process: 'nemesis',
        f: 'txn',
        value: [
          ['append', 3, 1],
          ['r', 3, [1, 2]],
          ['r', 4, null],
        ],
      },
    ]);
  });

  test('everything else that answers are made of', () => {
    const text =
      '; a remark\n(1 -2 3.5 4e2 1N 2.5M true false sym "a\\"\\u0041\\n" \\a \\newline #{:x} #_ignored {1 2, [3] 4} #inst "2020")';
    expect(readEdn(text)).toEqual([
      [
        1,
        -2,
        3.5,
        400,
        1,
        2.5,
        true,
        false,
        'sym',
        'a"A\n',
        'a',
        '\n',
        ['x'],
        { '1': 2, '[3]': 4 },
        '2020',
      ],
    ]);
  });

  test('integers beyond 2^53 stay exact', () => {
    expect(readEdn('9007199254740993')).toEqual([9007199254740993n]);
  });

  test.each([
    ['[1 2', 'line 1'],
    ['\n\n"open', 'line 3'],
    ['{:a}', 'without a value'],
    ['[1 }', 'unexpected }'],
    ['"\\q"', 'no such escape'],
    [`${'['.repeat(2000)}`, 'levels deep'],
  ])('%j is refused', (text, message) => {
    expect(() => readEdn(text)).toThrow(message);
  });
});

test('what is written is read back', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 70n }),
  );
  const mop = fc.tuple(
    fc.constantFrom('r', 'append', 'w'),
    scalar,
    fc.oneof(scalar, fc.array(scalar)),
  );
  const op = fc.record({
    index: fc.nat(),
    type: fc.constantFrom('ok', 'invoke'),
    process: fc.nat(),
    value: fc.array(mop),
  });
  fc.assert(
    fc.property(fc.array(op), (ops) => {
      expect(readEdn(ops.map(ednOf).join('\n'))).toEqual(ops);
    }),
    { numRuns: 200 },
  );
});
