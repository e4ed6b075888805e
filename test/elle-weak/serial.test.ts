// Snapshot isolation and serializability of registers against every interleaving, on planted bugs, and on large histories.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Op } from '../../src/elle-js-bridge/op.ts';
import {
  checkSerial,
  type SerialLevel,
  serialLevels,
} from '../../src/elle-js-bridge/weak/serial.ts';
import { randomHistory } from './histories.ts';
import { judgeSerial, serialOptions } from './judge.ts';
import { serialHistory } from './simulated.ts';

const runs = Number(process.env['ORDEAL_WEAK_RUNS'] ?? 300);

const agree = (shape: { txns: number; processes: number; keys: number }): void => {
  const counts = { sound: 0, wrong: 0 };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const ops = randomHistory(seed, { ...shape, lists: false });
      for (const level of serialLevels) {
        const ours = checkSerial(ops, { level });
        const theirs = judgeSerial(ops, serialOptions(level));
        counts[theirs ? 'sound' : 'wrong']++;
        expect(
          ours.valid,
          `${level} ${JSON.stringify(ours.anomalies)}\n${JSON.stringify(ops)}`,
        ).toBe(theirs);
      }
    }),
    { numRuns: runs },
  );
  expect(Math.min(counts.sound, counts.wrong)).toBeGreaterThan(runs / 4);
};

const history = (...txns: [number, ...unknown[]][]): Op[] =>
  txns.map(([process, ...value], i) => ({ index: i, process, type: 'ok', f: 'txn', value }));

const types = (ops: Op[], level: SerialLevel): readonly string[] =>
  checkSerial(ops, { level }).anomalyTypes;

/** Executes the witness: every read must see the last write before it. */
const explains = (ops: readonly Op[], order: readonly unknown[]): boolean => {
  const state = new Map<unknown, unknown>();
  return order.every((index) =>
    ((ops[index as number] as Op).value as [string, unknown, unknown][]).every(
      ([f, key, value]) => {
        if (f === 'r') return (state.get(key) ?? null) === value;
        return state.set(key, value) !== undefined;
      },
    ),
  );
};

describe('register histories without hints', () => {
  test('five transactions over two keys agree with every interleaving', () =>
    agree({ txns: 5, processes: 3, keys: 2 }));
  test('five transactions over one key agree with every interleaving', () =>
    agree({ txns: 5, processes: 4, keys: 1 }));
  test('six transactions over three keys agree with every interleaving', () =>
    agree({ txns: 6, processes: 4, keys: 3 }));

  test('lost update', () => {
    const ops = history([0, ['r', 'x', null], ['w', 'x', 1]], [1, ['r', 'x', null], ['w', 'x', 2]]);
    expect(types(ops, 'snapshot-isolation')).toEqual(['lost-update']);
  });

  test('write skew is fine under snapshot isolation, and G2 under serializability', () => {
    const ops = history([0, ['r', 'x', null], ['w', 'y', 1]], [1, ['r', 'y', null], ['w', 'x', 2]]);
    expect(checkSerial(ops, { level: 'snapshot-isolation' }).valid).toBe(true);
    expect(types(ops, 'serializable')).toEqual(['G2-item']);
  });

  test('long fork breaks snapshot isolation', () => {
    const ops = history(
      [0, ['w', 'x', 1]],
      [1, ['w', 'y', 1]],
      [2, ['r', 'x', 1], ['r', 'y', null]],
      [3, ['r', 'x', null], ['r', 'y', 1]],
    );
    expect(types(ops, 'snapshot-isolation')).toEqual(['G-nonadjacent-item']);
  });

  test('read skew', () => {
    const ops = history([0, ['w', 'x', 1], ['w', 'y', 1]], [1, ['r', 'x', null], ['r', 'y', 1]]);
    expect(types(ops, 'snapshot-isolation')).toEqual(['G-single-item']);
  });

  test('blind writes whose order nobody told: either order is a contradiction, and the cycles of every choice are shown', () => {
    const ops = history(
      [0, ['w', 'x', 1], ['w', 'y', 1]],
      [1, ['w', 'x', 2], ['w', 'y', 2]],
      [2, ['r', 'x', 1], ['r', 'y', 2]],
    );
    const verdict = checkSerial(ops, { level: 'serializable' });
    expect(verdict.anomalyTypes).toEqual(['no-serial-order']);
    const [found] = verdict.anomalies['no-serial-order'] ?? [];
    expect(JSON.stringify(found)).toContain('"assumed":true');
    expect((found as { cycles?: unknown[] }).cycles).toHaveLength(3);
  });

  test('a stale read is serializable, and not so in real time or within its session', () => {
    const stale = [
      { index: 0, process: 0, type: 'invoke', f: 'txn', value: [['w', 'x', 1]] },
      { index: 1, process: 0, type: 'ok', f: 'txn', value: [['w', 'x', 1]] },
      { index: 2, process: 1, type: 'invoke', f: 'txn', value: [['r', 'x', null]] },
      { index: 3, process: 1, type: 'ok', f: 'txn', value: [['r', 'x', null]] },
    ] as const satisfies Op[];
    expect(checkSerial(stale, { level: 'strong-session-serializable' }).valid).toBe(true);
    const [found] =
      checkSerial(stale, { level: 'strict-serializable' }).anomalies['G-single-item-realtime'] ??
      [];
    expect(found?.text).toBe(
      'T1 completed before T3 was invoked; T3 read "x" before T1 wrote 1 to it: a contradiction',
    );
    const sameProcess = stale.map((op) => ({ ...op, process: 0 }));
    expect(types(sameProcess, 'strong-session-serializable')).toEqual(['G-single-item-process']);
  });

  test('a budget that is too small yields unknown', () => {
    const ops = serialHistory({ seed: 3, txns: 300, sessions: 8, keys: 3, steps: 4 }).filter(
      (op) => op.type === 'ok',
    );
    const shuffled = ops.toSorted(
      (a, b) => (((a.index ?? 0) * 7919) % 601) - (((b.index ?? 0) * 7919) % 601),
    );
    const verdict = checkSerial(shuffled, { level: 'serializable', budget: 10 });
    expect([verdict.valid, verdict.reason]).toEqual(['unknown', 'budget-exhausted']);
  });

  test('the order given for a valid history explains every read', () => {
    const ops = serialHistory({ seed: 5, txns: 2000, sessions: 10, keys: 40, steps: 5 });
    for (const level of ['serializable', 'strict-serializable'] as const) {
      const verdict = checkSerial(ops, { level });
      expect(verdict.valid).toBe(true);
      expect(explains(ops, verdict.order ?? [])).toBe(true);
    }
    expect(checkSerial(ops, { level: 'strong-snapshot-isolation' }).valid).toBe(true);
  });

  test('lists and values written twice are not decided', () => {
    const lists = history([0, ['append', 'x', 1]]);
    const twice = history([0, ['w', 'x', 1]], [1, ['w', 'x', 1]]);
    expect(checkSerial(lists, { level: 'serializable' }).reason).toBe('lists');
    expect(checkSerial(twice, { level: 'serializable' }).reason).toBe('duplicate-writes');
  });
});
