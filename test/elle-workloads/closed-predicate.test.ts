// Predicate anomalies: each under its name, Elle's two defects not repeated, and a serial store never accused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkClosedPredicate } from '../../src/elle-js-bridge/workloads/closed-predicate.ts';
import { matches, type Predicate } from '../../src/elle-js-bridge/workloads/predicates.ts';
import { dice } from '../elle-weak/histories.ts';
import { type Line, sequence } from './ops.ts';

const check = (init: Record<string, unknown> | null, ...txns: unknown[][]) =>
  checkClosedPredicate(
    sequence(
      ...(init === null ? [] : [[9, 'init', init] as const]),
      ...txns.map((mops, process): Line => [process, 'txn', mops]),
    ),
  );

describe('closed predicates', () => {
  test('write skew by predicates is G2', () => {
    const { anomalyTypes } = check(
      null,
      [
        ['rp', true, {}],
        ['insert', 'x', 1],
      ],
      [
        ['rp', true, {}],
        ['insert', 'y', 2],
      ],
    );
    expect(anomalyTypes).toEqual(['G2']);
  });

  test('write skew by keys is G2-item', () => {
    const { anomalyTypes } = check(
      { x: 0, y: 0 },
      [
        ['r', 'x', 0],
        ['w', 'y', 1],
      ],
      [
        ['r', 'y', 0],
        ['w', 'x', 1],
      ],
    );
    expect(anomalyTypes).toEqual(['G2-item']);
  });

  test('a phantom seen by key and missed by predicate is G-single', () => {
    const { anomalyTypes } = check(
      null,
      [['insert', 'x', 1]],
      [
        ['r', 'x', 1],
        ['rp', ['=', 1], {}],
      ],
    );
    expect(anomalyTypes).toEqual(['G-single']);
  });

  test('writes order versions: the first defect of Elle', () => {
    const { anomalyTypes } = check(
      null,
      [
        ['insert', 'x', 1],
        ['w', 'y', 2],
      ],
      [
        ['w', 'x', 2],
        ['insert', 'y', 1],
      ],
    );
    expect(anomalyTypes).toEqual(['G0']);
  });

  test('a key of the initial state that was deleted is seen as gone: the second defect', () => {
    // T1 sees x gone by predicate, yet T2, which deletes it, reads what T1 wrote before T1 could have seen that.
    const { anomalyTypes } = check(
      { x: 1, y: 0 },
      [
        ['rp', ['=', 1], {}],
        ['w', 'y', 5],
      ],
      [
        ['r', 'y', 5],
        ['delete', 'x'],
      ],
    );
    expect(anomalyTypes).toEqual(['G1c']);
    const phantom = check(
      { x: 1 },
      [
        ['rp', ['=', 2], {}],
        ['insert', 'z', 3],
      ],
      [
        ['r', 'z', null],
        ['w', 'x', 2],
      ],
    );
    expect(phantom.anomalyTypes).toEqual(['G2']);
  });

  test('a match that no version can escape', () => {
    expect(check({ x: 2 }, [['rp', ['mod', 2, 0], {}]], [['w', 'x', 4]]).anomalyTypes).toEqual([
      'predicate-read-miss',
    ]);
    expect(check({ x: 3 }, [['rp', ['mod', 2, 0], { x: 3 }]]).anomalyTypes).toEqual([
      'predicate-mismatch',
    ]);
  });

  test('G1a, garbage and internal reads', () => {
    const ops = sequence(
      [0, 'txn', [['insert', 'x', 1]], 'fail'],
      [1, 'txn', [['r', 'x', 1]]],
      [2, 'txn', [['r', 'y', 7]]],
      [
        3,
        'txn',
        [
          ['insert', 'z', 1],
          ['r', 'z', 2],
        ],
      ],
    );
    expect(checkClosedPredicate(ops).anomalyTypes).toEqual(['G1a', 'garbage-read', 'internal']);
  });

  test('two reads of each other are G1c, and a stale predicate read breaks real time on request', () => {
    const ops = sequence([0, 'txn', [['insert', 'x', 1]]], [1, 'txn', [['rp', true, {}]]]);
    expect(checkClosedPredicate(ops).valid).toBe(true);
    expect(checkClosedPredicate(ops, { realtime: true }).anomalyTypes).toEqual([
      'G-single-realtime',
    ]);
  });

  test('what it cannot order is unknown', () => {
    expect(check({ x: 1 }, [['w', 'x', 2]], [['w', 'x', 3]]).reason).toEqual([
      'changed-twice',
      'x',
    ]);
    expect(check({ x: 1 }, [['w', 'x', 1]]).reason?.[0]).toBe('duplicate-value');
    expect(check(null, [['insert', 'x', 1]]).reason?.[0]).toBe('nothing-read');
  });

  test('a serial store is never accused, even in real time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const roll = dice(seed);
        const state = new Map<string, number>([
          ['k0', 1],
          ['k1', 2],
          ['k2', 3],
        ]);
        const changed = new Set<string>();
        const init = Object.fromEntries(state);
        let value = 10;
        const step = (): unknown[] => {
          const key = `k${roll(8)}`;
          const predicate: Predicate = [true, ['=', roll(20)], ['mod', 3, roll(3)]][
            roll(3)
          ] as Predicate;
          if (roll(3) === 0)
            return [
              'rp',
              predicate,
              Object.fromEntries([...state].filter(([, v]) => matches(predicate, v))),
            ];
          if (roll(2) === 0 || changed.has(key)) return ['r', key, state.get(key) ?? null];
          if (!state.has(key)) {
            state.set(key, ++value);
            return ['insert', key, value];
          }
          changed.add(key);
          if (roll(2) === 0) {
            state.delete(key);
            return ['delete', key];
          }
          state.set(key, ++value);
          return ['w', key, value];
        };
        const lines = Array.from(
          { length: 25 },
          (): Line => [roll(4), 'txn', Array.from({ length: 1 + roll(3) }, step)],
        );
        const verdict = checkClosedPredicate(sequence([9, 'init', init], ...lines), {
          realtime: true,
        });
        expect(verdict.valid, JSON.stringify([verdict.anomalies, lines])).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
