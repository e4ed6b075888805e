// Read committed, read atomic and causal consistency against a judge that tries every order, and on planted bugs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Op } from '../../src/elle-js-bridge/op.ts';
import { checkWeak, type WeakLevel } from '../../src/elle-js-bridge/weak/check.ts';
import { randomHistory } from './histories.ts';
import { judgeWeak } from './judge.ts';

const levels = ['read-committed', 'read-atomic', 'causal'] as const;
const runs = Number(process.env['ORDEAL_WEAK_RUNS'] ?? 500);

const agree = (shape: { lists: boolean; txns: number; processes: number; keys: number }): void => {
  const counts = { sound: 0, wrong: 0 };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const ops = randomHistory(seed, shape);
      for (const level of levels) {
        const ours = checkWeak(ops, { level });
        const theirs = judgeWeak(ops, level);
        counts[theirs ? 'sound' : 'wrong']++;
        expect(
          ours.valid,
          `${level} ${JSON.stringify(ours.anomalies)}\n${JSON.stringify(ops)}`,
        ).toBe(theirs);
      }
    }),
    { numRuns: runs },
  );
  expect(Math.min(counts.sound, counts.wrong)).toBeGreaterThan(runs / 5);
};

/** A history of completed transactions, one after the other: `[process, ...steps]`. */
const history = (...txns: [number, ...unknown[]][]): Op[] =>
  txns.flatMap(([process, ...value], i) => [
    { index: 2 * i, time: 0, process, type: 'invoke', f: 'txn', value },
    { index: 2 * i + 1, time: 0, process, type: 'ok', f: 'txn', value },
  ]);

const strongest = (ops: Op[]): WeakLevel | 'none' =>
  levels.findLast((level) => checkWeak(ops, { level }).valid === true) ?? 'none';

describe('weak levels', () => {
  test('registers agree with every order tried', () =>
    agree({ lists: false, txns: 5, processes: 3, keys: 2 }));
  test('registers over three keys and two processes agree', () =>
    agree({ lists: false, txns: 5, processes: 2, keys: 3 }));
  test('lists agree with every order tried', () =>
    agree({ lists: true, txns: 4, processes: 3, keys: 2 }));

  test('a non-monotonic read is convicted at read committed', () => {
    const ops = history(
      [0, ['w', 'x', 1], ['w', 'y', 1]],
      [1, ['w', 'x', 2], ['w', 'y', 2]],
      [2, ['r', 'x', 2], ['r', 'y', 1], ['r', 'x', 1], ['r', 'y', 2]],
    );
    expect(checkWeak(ops, { level: 'read-committed' }).anomalyTypes).toEqual([
      'non-monotonic-read',
    ]);
  });

  test('a fractured read passes read committed and fails read atomic', () => {
    const ops = history([0, ['w', 'x', 1], ['w', 'y', 1]], [1, ['r', 'x', null], ['r', 'y', 1]]);
    expect(strongest(ops)).toBe('read-committed');
    const [found] = checkWeak(ops, { level: 'read-atomic' }).anomalies['fractured-read'] ?? [];
    expect(found?.steps?.map((step) => step.because ?? step.relation)).toContain('fractured');
    expect(found?.text).toBe(
      'the initial state precedes T1; T3 read "y" from T1, yet T3 read "x" from the initial state, and T1 writes "x" too: so T1 committed before the initial state: a contradiction',
    );
  });

  test('a causality violation passes read atomic and fails causal', () => {
    const ops = history(
      [0, ['w', 'x', 1]],
      [1, ['r', 'x', 1], ['w', 'y', 1]],
      [2, ['r', 'y', 1]],
      [2, ['r', 'x', null]],
    );
    expect(strongest(ops)).toBe('read-atomic');
    expect(checkWeak(ops, { level: 'causal' }).anomalyTypes).toEqual(['causality-violation']);
  });

  test('long fork, lost update and write skew are causal', () => {
    const longFork = history(
      [0, ['w', 'x', 1]],
      [1, ['w', 'y', 1]],
      [2, ['r', 'x', 1], ['r', 'y', null]],
      [3, ['r', 'x', null], ['r', 'y', 1]],
    );
    const lostUpdate = history(
      [0, ['r', 'x', null], ['w', 'x', 1]],
      [1, ['r', 'x', null], ['w', 'x', 2]],
    );
    const writeSkew = history(
      [0, ['r', 'x', null], ['w', 'y', 1]],
      [1, ['r', 'y', null], ['w', 'x', 2]],
    );
    expect([longFork, lostUpdate, writeSkew].map(strongest)).toEqual([
      'causal',
      'causal',
      'causal',
    ]);
  });

  test('two transactions that read from each other are G1c', () => {
    const ops = history([0, ['w', 'x', 1], ['r', 'y', 1]], [1, ['w', 'y', 1], ['r', 'x', 1]]);
    for (const level of levels) expect(checkWeak(ops, { level }).anomalyTypes).toEqual(['G1c']);
  });

  test('a session that reads backwards is found with sessions, and is fine without', () => {
    const ops = history([0, ['w', 'x', 1]], [0, ['r', 'x', null]]);
    expect(checkWeak(ops, { level: 'read-atomic' }).valid).toBe(false);
    expect(checkWeak(ops, { level: 'read-atomic', sessions: false }).valid).toBe(true);
  });

  test('aborted, intermediate, garbage, future and internal reads go by their names', () => {
    const failed: Op = { index: 9, process: 7, type: 'fail', f: 'txn', value: [['w', 'z', 9]] };
    const ops = [
      failed,
      ...history(
        [0, ['r', 'z', 9]],
        [1, ['w', 'x', 1], ['w', 'x', 2]],
        [2, ['r', 'x', 1]],
        [3, ['r', 'x', 77]],
        [4, ['r', 'y', 3], ['w', 'y', 3]],
        [5, ['w', 'y', 4], ['r', 'y', 3]],
      ),
    ];
    const { anomalyTypes, valid } = checkWeak(ops, { level: 'read-committed' });
    expect(valid).toBe(false);
    expect(anomalyTypes).toEqual(['G1a', 'G1b', 'future-read', 'garbage-read', 'internal']);
  });

  test('a value written twice makes the answer unknown', () => {
    const ops = history([0, ['w', 'x', 1]], [1, ['w', 'x', 1]]);
    const { valid, anomalyTypes } = checkWeak(ops, { level: 'causal' });
    expect([valid, anomalyTypes]).toEqual(['unknown', ['duplicate-writes']]);
  });

  test('lists: reordered commits, repeated elements and contradictory orders', () => {
    const reordered = history(
      [0, ['append', 'x', 1], ['append', 'y', 1]],
      [1, ['append', 'x', 2], ['append', 'y', 2]],
      [2, ['r', 'x', [1, 2]], ['r', 'y', [2, 1]]],
    );
    const repeated = history(
      [0, ['append', 'x', 1]],
      [1, ['append', 'x', 2]],
      [2, ['r', 'x', [1, 1, 2]]],
    );
    const contradictory = history(
      [0, ['append', 'x', 1]],
      [1, ['append', 'x', 2]],
      [2, ['r', 'x', [1, 2]]],
      [3, ['r', 'x', [2, 1]]],
    );
    const types = [reordered, repeated, contradictory].map(
      (ops) => checkWeak(ops, { level: 'read-committed' }).anomalyTypes,
    );
    expect(types).toEqual([['G0'], ['duplicate-elements'], ['incompatible-order']]);
  });

  test('an unfinished write that was read counts as committed, one that was not read does not', () => {
    const info: Op = {
      index: 0,
      process: 5,
      type: 'info',
      f: 'txn',
      value: [
        ['w', 'x', 1],
        ['w', 'y', 1],
      ],
    };
    expect(
      checkWeak([info, ...history([0, ['r', 'x', 1], ['r', 'y', null]])], { level: 'read-atomic' })
        .valid,
    ).toBe(false);
    expect(
      checkWeak([info, ...history([0, ['r', 'x', null], ['r', 'y', null]])], {
        level: 'read-atomic',
      }).valid,
    ).toBe(true);
  });

  test('an append that no list shows comes after those that were seen', () => {
    const ops = history(
      [0, ['append', 'x', 1]],
      [1, ['append', 'x', 2], ['append', 'y', 1]],
      [2, ['r', 'y', [1]], ['r', 'x', [1]]],
    );
    expect(checkWeak(ops, { level: 'read-committed' }).anomalyTypes).toEqual([
      'non-monotonic-read',
    ]);
  });

  test('what a process does after an unfinished transaction does not follow it', () => {
    const info: Op = { index: 0, process: 0, type: 'info', f: 'txn', value: [['w', 'x', 1]] };
    const ops = [info, ...history([0, ['r', 'x', null]], [1, ['r', 'x', 1]])];
    expect(checkWeak(ops, { level: 'causal' }).valid).toBe(true);
  });

  test('nothing happened: valid', () => {
    expect(checkWeak([], { level: 'causal' }).valid).toBe(true);
  });
});
