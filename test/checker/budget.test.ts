// Adversarial histories end within the budget, with `unknown` and what was reached; nothing hangs or runs out of memory.
import { describe, expect, test } from 'vitest';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import { models } from '../../src/checker/linear/models.ts';
import type { Op } from '../../src/history/op.ts';

type Shape = {
  readonly f: string;
  readonly value: unknown;
  readonly answer: unknown;
  readonly type?: Op['type'];
};

/** Everything is invoked before anything completes. */
const allAtOnce = (shapes: readonly Shape[]): Op[] => {
  const op = (index: number, process: number, fields: Pick<Op, 'type' | 'f' | 'value'>): Op => ({
    index,
    time: index,
    process,
    ...fields,
  });
  const { length } = shapes;
  return [
    ...shapes.map(({ f, value }, i) => op(i, i, { type: 'invoke', f, value })),
    ...shapes.map(({ f, answer, type = 'ok' }, i) => op(length + i, i, { type, f, value: answer })),
  ];
};

const writes = (count: number, values: number): Shape[] =>
  Array.from({ length: count }, (_, i) => ({ f: 'write', value: i % values, answer: i % values }));

const budget = 200_000;

/** Two compare-and-sets found the one 98, but which operations show it is hidden among many. */
const puzzle: readonly Shape[] = [
  ...writes(20, 13),
  ...Array.from({ length: 40 }, (_, i) => [i % 13, (i * 7) % 13]).map((value) => ({
    f: 'cas',
    value,
    answer: value,
  })),
  { f: 'write', value: 98, answer: 98 },
  { f: 'cas', value: [98, 97], answer: [98, 97] },
  { f: 'cas', value: [98, 96], answer: [98, 96] },
];

describe('one key, everything concurrent', () => {
  test('many compare-and-sets with no order are undecided, and say where', () => {
    const history = allAtOnce(puzzle);
    const verdict = checkLinearizable(history, { model: models.casRegister(0), budget });
    expect(verdict.valid).toBe('unknown');
    expect(verdict.configurations).toBeLessThanOrEqual(budget + 1);
    expect(verdict.undecided).toHaveLength(1);
    expect(verdict.reason).toBe('the budget ended before a key was decided');
  });

  test('what nobody can have read is refuted in one pass, and may not be the first to fail', () => {
    const history = allAtOnce([...puzzle, { f: 'read', value: null, answer: 99 }]);
    const verdict = checkLinearizable(history, { model: models.casRegister(0), budget: 20_000 });
    expect(verdict).toMatchObject({
      valid: false,
      engine: 'precedence',
      failures: [{ operation: { value: 99 }, maybeLate: true }],
    });
    expect(verdict.minimal).toHaveLength(2);
  });

  test('thousands of equal-looking operations are decided', () => {
    const reads = Array.from({ length: 1000 }, (_, i) => ({
      f: 'read',
      value: null,
      answer: i % 5,
    }));
    const history = allAtOnce([...writes(1000, 5), ...reads]);
    expect(checkLinearizable(history, { model: models.register(0), budget }).valid).toBe(true);
  });

  test('operations that are alike are not tried in every order', () => {
    const alike = { f: 'write', value: 1, answer: 1 };
    const history = allAtOnce([
      ...Array.from({ length: 40 }, () => alike),
      { f: 'read', value: null, answer: 9 },
    ]);
    expect(checkLinearizable(history, { model: models.register(0), budget: 2_000 }).valid).toBe(
      false,
    );
    const lost = history.map((op) =>
      op.type === 'ok' && op.f === 'write' ? { ...op, type: 'info' as const } : op,
    );
    expect(checkLinearizable(lost, { model: models.register(0), budget: 2_000 }).valid).toBe(false);
  });

  test('everything crashed is fine, however much it is', () => {
    const history = allAtOnce(
      writes(5000, 5000).map((shape) => ({ ...shape, type: 'info' as const })),
    );
    expect(checkLinearizable(history, { model: models.register(0), budget }).valid).toBe(true);
  });

  test('crashed appends and a get that nothing explains end in the budget', () => {
    const appends = Array.from({ length: 60 }, (_, i) => ({
      f: 'append',
      value: `${i}`,
      answer: `${i}`,
      type: 'info' as const,
    }));
    const history = allAtOnce([...appends, { f: 'get', value: null, answer: '1,2' }]);
    const verdict = checkLinearizable(history, { model: models.keyValue(), budget: 50_000 });
    expect(verdict.valid).toBe('unknown');
  });
});

test('a key that fails is not kept waiting by keys that are hard', () => {
  const hard = allAtOnce(
    Array.from({ length: 60 }, (_, i) => ({ f: 'append', value: `${i}`, answer: `${i}` })),
  ).map((op) => ({ ...op, key: 'hard' }));
  const wrong = [
    { f: 'get', value: null, type: 'invoke' as const },
    { f: 'get', value: 'x', type: 'ok' as const },
  ].map((fields, i) => ({
    ...fields,
    index: hard.length + i,
    time: 0,
    process: 1_000,
    key: 'wrong',
  }));
  const last = { index: 0, time: 0, process: 2_000, key: 'hard', f: 'get' };
  const get: Op[] = [
    { ...last, type: 'invoke', value: null },
    { ...last, type: 'ok', value: 'y' },
  ];
  const history = [...hard, ...get, ...wrong].map((op, index) => ({ ...op, index }));
  const verdict = checkLinearizable(history, { model: models.keyValue() });
  expect(verdict).toMatchObject({
    valid: false,
    keys: { checked: 2, valid: 0, invalid: 1, unknown: 1 },
    failures: [{ key: 'wrong' }],
  });
  expect(verdict.configurations).toBeLessThan(200_000);
});
