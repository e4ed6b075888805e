// Bank, long fork, write skew, dirty reads, causal, causal reverse and monotonic: planted bugs, and histories without any.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Op } from '../../src/elle-js-bridge/op.ts';
import { checkBank } from '../../src/elle-js-bridge/workloads/bank.ts';
import { type CausalOp, checkCausal } from '../../src/elle-js-bridge/workloads/causal.ts';
import { checkCausalReverse } from '../../src/elle-js-bridge/workloads/causal-reverse.ts';
import { checkDirtyReads } from '../../src/elle-js-bridge/workloads/dirty-reads.ts';
import { checkLongFork } from '../../src/elle-js-bridge/workloads/long-fork.ts';
import { checkMonotonic } from '../../src/elle-js-bridge/workloads/monotonic.ts';
import { checkWriteSkew } from '../../src/elle-js-bridge/workloads/write-skew.ts';
import { dice } from '../elle-weak/histories.ts';
import { sequence, together } from './ops.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('bank', () => {
  const bank = { accounts: [0, 1], totalAmount: 10 };
  const read = (value: unknown) => sequence([0, 'read', value]);

  test('a kept total is valid, nothing read is unknown', () => {
    expect(checkBank(read({ 0: 4, 1: 6 }), bank)).toMatchObject({
      valid: true,
      readCount: 1,
      errorCount: 0,
      firstError: null,
    });
    expect(checkBank(sequence([0, 'transfer', { from: 0, to: 1, amount: 1 }]), bank).valid).toBe(
      'unknown',
    );
  });

  test('the first thing wrong decides the type', () => {
    const wrong = (value: unknown) => Object.keys(checkBank(read(value), bank).errors);
    expect(wrong({ 0: 4, 7: null })).toEqual(['unexpected-key']);
    expect(wrong({ 0: 4, 1: null })).toEqual(['nil-balance']);
    expect(wrong({ 0: 4, 1: 7 })).toEqual(['wrong-total']);
    expect(wrong({ 0: -4, 1: 14 })).toEqual(['negative-value']);
    expect(checkBank(read({ 0: -4, 1: 14 }), { ...bank, negativeBalances: true }).valid).toBe(true);
    expect(
      wrong([
        [0, 5],
        [1, 5],
      ]),
    ).toEqual([]);
  });

  test('first, worst, last, lowest and highest', () => {
    const ops = [11, 3, 14]
      .flatMap((sum) => read({ 0: sum, 1: 0 }))
      .map((op, index) => ({ ...op, index }));
    const { firstError, errors, errorCount } = checkBank(ops, bank);
    expect([errorCount, firstError?.index]).toEqual([3, 1]);
    const { count, first, worst, last, lowest, highest } = errors['wrong-total'] ?? ({} as never);
    expect([count, first.index, worst.index, last.index, lowest?.index, highest?.index]).toEqual([
      3, 1, 3, 5, 3, 5,
    ]);
  });
});

/** Reads of a store to which keys are added one by one; some see one addition less than they should. */
const forkHistory = (seed: number, options: { groupSize: number; forks: boolean }): Op[] => {
  const roll = dice(seed);
  const { groupSize } = options;
  const written = new Set<number>();
  const order = Array.from({ length: groupSize * 4 }, (_, key) => key).toSorted(() => roll(3) - 1);
  return sequence(
    ...order.flatMap((key) => {
      written.add(key);
      const base = key - (key % groupSize);
      const hidden = options.forks && roll(2) === 0 ? base + roll(groupSize) : -1;
      const keys = Array.from({ length: groupSize }, (_, i) => base + i).toSorted(
        () => roll(3) - 1,
      );
      const value = keys.map((k) => ['r', k, written.has(k) && k !== hidden ? 1 : null]);
      return [
        [0, 'write', [['w', key, 1]]],
        [1, 'read', value],
      ] as const;
    }),
  );
};

/** Jepsen's way: compares all pairs of reads of a group. */
const forksByPairs = (ops: readonly Op[], groupSize: number): boolean => {
  const reads = ops
    .filter((op) => op.type === 'ok' && op.f === 'read')
    .map((op) => op.value as [string, number, unknown][]);
  const sees = (read: [string, number, unknown][], other: [string, number, unknown][]): boolean =>
    read.some(([, key, value]) => value !== null && other.find(([, k]) => k === key)?.[2] === null);
  const group = (read: [string, number, unknown][]): number =>
    Math.floor((read[0]?.[1] ?? 0) / groupSize);
  return reads.some((a) => reads.some((b) => group(a) === group(b) && sees(a, b) && sees(b, a)));
};

describe('long fork', () => {
  test('the textbook case', () => {
    const ops = together(
      [0, 'write', [['w', 0, 1]]],
      [1, 'write', [['w', 1, 1]]],
      [
        2,
        'read',
        [
          ['r', 0, 1],
          ['r', 1, null],
        ],
      ],
      [
        3,
        'read',
        [
          ['r', 1, 1],
          ['r', 0, null],
        ],
      ],
      [
        4,
        'read',
        [
          ['r', 1, null],
          ['r', 0, null],
        ],
      ],
    );
    const verdict = checkLongFork(ops);
    expect(verdict).toMatchObject({
      valid: false,
      readsCount: 3,
      earlyReadCount: 1,
      lateReadCount: 0,
    });
    expect(verdict.forks?.map((fork) => [fork.reads.map((op) => op.process), fork.keys])).toEqual([
      [
        [2, 3],
        [0, 1],
      ],
    ]);
  });

  test('agrees with comparing all pairs', () => {
    const counts = { true: 0, false: 0 };
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 5 }), fc.boolean(), (seed, groupSize, forks) => {
        const ops = forkHistory(seed, { groupSize, forks });
        const expected = !forksByPairs(ops, groupSize);
        counts[`${expected}`]++;
        expect(checkLongFork(ops, { groupSize }).valid).toBe(expected);
        if (!forks) expect(expected).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(Math.min(counts.true, counts.false)).toBeGreaterThan(50);
  });

  test('what it cannot judge is unknown, with the reason', () => {
    const twice = sequence([0, 'write', [['w', 0, 1]]], [1, 'write', [['w', 0, 2]]]);
    const small = sequence([0, 'read', [['r', 0, 1]]]);
    const distinct = sequence(
      [
        0,
        'read',
        [
          ['r', 0, 1],
          ['r', 1, null],
        ],
      ],
      [
        0,
        'read',
        [
          ['r', 0, 2],
          ['r', 1, null],
        ],
      ],
    );
    const reasons = [twice, small, distinct]
      .map((ops) => checkLongFork(ops))
      .map(({ valid, error }) => [valid, error?.[0]]);
    expect(reasons).toEqual([
      ['unknown', 'multiple-writes'],
      ['unknown', 'wrong-group-size'],
      ['unknown', 'distinct-values'],
    ]);
  });
});

describe('write skew', () => {
  test('two successful inserts of a key are illegal, in both forms', () => {
    const ops = together(
      [0, 'insert', [1, null], 'ok', { key: 5 }],
      [1, 'insert', [null, 2], 'ok', { key: 5 }],
      [2, 'insert', [3, null], 'ok', { key: 6 }],
      [3, 'insert', [null, 4], 'fail', { key: 6 }],
    );
    expect(checkWriteSkew(ops)).toMatchObject({
      valid: false,
      keyCount: 2,
      legalCount: 1,
      illegalCount: 1,
      illegal: [{ key: 5, count: 2 }],
    });
    const tuples = together([0, 'insert', [5, [1, null]]], [1, 'insert', [5, [null, 2]]]);
    expect(checkWriteSkew(tuples).illegal[0]).toMatchObject({ key: 5, count: 2 });
  });
  test('one success a key is fine; none at all tells nothing', () => {
    expect(
      checkWriteSkew(
        together(
          [0, 'insert', [1, null], 'ok', { key: 1 }],
          [1, 'insert', [null, 2], 'info', { key: 1 }],
        ),
      ).valid,
    ).toBe(true);
    expect(checkWriteSkew(sequence([0, 'insert', [1, null], 'fail', { key: 1 }])).valid).toBe(
      'unknown',
    );
  });
});

describe('dirty reads', () => {
  test('a failed write that is seen', () => {
    const ops = sequence(
      [0, 'write', 1],
      [1, 'write', 2, 'fail'],
      [2, 'read', [2, 2]],
      [2, 'read', [1, 1]],
    );
    expect(checkDirtyReads(ops)).toMatchObject({
      valid: false,
      readCount: 2,
      failedWriteCount: 1,
      dirtyReads: [{ index: 5, values: [2] }],
    });
  });
  test('mixed rows are listed, and judged on request; values of nobody are strange', () => {
    const mixed = sequence([0, 'write', 1], [0, 'write', 2], [2, 'read', [2, 1]]);
    expect(checkDirtyReads(mixed)).toMatchObject({
      valid: true,
      inconsistentReads: [{ values: [2, 1] }],
    });
    expect(checkDirtyReads(mixed, { wholeReads: true }).valid).toBe(false);
    expect(checkDirtyReads(sequence([0, 'read', [9]])).strangeReads).toHaveLength(1);
  });
  test('a retry that succeeded, and an unknown write, are clean', () => {
    const ops = sequence(
      [0, 'write', 1, 'fail'],
      [0, 'write', 1],
      [1, 'write', 2, 'info'],
      [3, 'read', [1]],
      [3, 'read', [2]],
      [3, 'read', [null]],
    );
    expect(checkDirtyReads(ops).valid).toBe(true);
  });
});

describe('causal', () => {
  const chain = (...values: readonly (number | null)[]): CausalOp[] =>
    sequence(
      ...values.map(
        (value, i) =>
          [
            0,
            ['read-init', 'write', 'read', 'write', 'read'][i] as string,
            value,
            'ok',
            { key: 1 },
          ] as const,
      ),
    );
  test('the chain 0, 1, 1, 2, 2 is right, unknown reads included', () => {
    expect(checkCausal(chain(0, 1, 1, 2, 2)).valid).toBe(true);
    expect(checkCausal(chain(0, 1, null, 2, 2)).valid).toBe(true);
  });
  test('each error has its name', () => {
    const type = (ops: CausalOp[]) => checkCausal(ops).errors[0]?.type;
    expect(type(chain(3, 1, 1, 2, 2))).toBe('not-initial');
    expect(type(chain(0, 1, 0, 2, 2))).toBe('stale-read');
    expect(type(chain(0, 2, 1, 2, 2))).toBe('unexpected-write');
    const linked = chain(0, 1, 1).map((op, i) => ({
      ...op,
      position: i,
      link: i < 2 ? 'init' : 0,
    }));
    expect(type(linked)).toBe('broken-link');
  });
});

describe('causal reverse', () => {
  test('a later write without an earlier one', () => {
    const ops = sequence([0, 'write', 1], [0, 'write', 2], [1, 'read', [2]]);
    const [error] = checkCausalReverse(ops).errors;
    expect(error).toMatchObject({ index: 5, expectedCount: 1, missing: [{ value: 1, before: 2 }] });
  });
  test('concurrent writes may appear in any order, keys do not mix', () => {
    const concurrent = together([0, 'write', 1], [1, 'write', 2]);
    const read = sequence([2, 'read', [2]]).map((op, i) => ({ ...op, index: 4 + i }));
    expect(checkCausalReverse([...concurrent, ...read]).valid).toBe(true);
    const keyed = sequence(
      [0, 'write', 1, 'ok', { key: 'a' }],
      [0, 'write', 2, 'ok', { key: 'b' }],
      [1, 'read', [2], 'ok', { key: 'b' }],
    );
    expect(checkCausalReverse(keyed).valid).toBe(true);
    expect(checkCausalReverse(keyed.filter((op) => op.f === 'write')).valid).toBe('unknown');
  });
  test('agrees with unions of predecessors', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const roll = dice(seed);
        const lines = Array.from({ length: 8 }, (_, i) => [i, 'write', i] as const);
        const writes = [
          ...together(...lines.slice(0, 3)),
          ...sequence(...lines.slice(3, 5)),
          ...together(...lines.slice(5)),
        ];
        const seen = lines.map(([, , value]) => value).filter(() => roll(3) > 0);
        const ops = [...writes, ...sequence([9, 'read', seen])];
        const before = (v: number) =>
          lines
            .map(([, , w]) => w)
            .filter(
              (w) =>
                writes.findIndex((op) => op.type === 'ok' && op.value === w) <
                writes.findIndex((op) => op.value === v),
            );
        const missing = new Set(seen.flatMap(before).filter((w) => !seen.includes(w)));
        expect(
          checkCausalReverse(ops)
            .errors.flatMap((e) => e.missing.map((m) => m.value))
            .toSorted(),
        ).toEqual([...missing].toSorted());
      }),
      { numRuns: 200 },
    );
  });
});

describe('monotonic', () => {
  test('a process that sees less later', () => {
    const ops = sequence([0, 'inc', { x: 1 }], [1, 'read', { x: 2 }], [1, 'read', { x: 1 }]);
    const { valid, cycles } = checkMonotonic(ops);
    expect([valid, cycles[0]?.type]).toEqual([false, 'nonmonotonic-process']);
    expect(checkMonotonic(ops, { processes: false }).valid).toBe(true);
  });
  test('two keys seen in opposite orders, without any help of processes', () => {
    const ops = sequence([0, 'read', { x: 1, y: 0 }], [1, 'read', { x: 0, y: 1 }]);
    expect(checkMonotonic(ops).cycles[0]).toMatchObject({ type: 'nonmonotonic' });
  });
  test('real time on request', () => {
    const ops = sequence([0, 'read', { x: 2 }], [1, 'read', { x: 1 }]);
    expect(checkMonotonic(ops).valid).toBe(true);
    expect(checkMonotonic(ops, { realtime: true }).cycles[0]?.text).toBe(
      'T1 completed before T3 was invoked; T3 saw "x" at 1, less than the 2 of T1: a contradiction',
    );
  });
  test('growing counters are never accused', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const roll = dice(seed);
        const state = [0, 0, 0];
        const ops = sequence(
          ...Array.from({ length: 60 }, () => {
            const key = roll(3);
            if (roll(2) === 0) return [roll(5), 'inc', [[key, ++state[key]!]]] as const;
            return [roll(5), 'read', state.map((n, k) => [k, n])] as const;
          }),
        );
        expect(checkMonotonic(ops, { realtime: true }).valid).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
