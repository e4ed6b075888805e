// Simulated databases: each is cleared at the level it keeps, and convicted of the bug that was planted, under its name.
import { describe, expect, test } from 'vitest';
import { checkWeak } from '../../src/elle-js-bridge/weak/check.ts';
import { checkSerial, type SerialLevel } from '../../src/elle-js-bridge/weak/serial.ts';
import { type Behaviour, simulate } from './database.ts';

const seeds = Array.from(
  { length: Number(process.env['ORDEAL_WEAK_SEEDS'] ?? 12) },
  (_, i) => i + 1,
);
const histories = (behaviour: Behaviour, keys = behaviour === 'lost-update' ? 3 : 12) =>
  seeds.map((seed) => simulate({ seed, txns: 200, threads: 6, keys, steps: 4, behaviour }));

const kept: readonly (readonly [Behaviour, readonly SerialLevel[]])[] = [
  [
    'serializable',
    ['strict-serializable', 'serializable', 'strong-snapshot-isolation', 'snapshot-isolation'],
  ],
  [
    'snapshot',
    ['strong-snapshot-isolation', 'strong-session-snapshot-isolation', 'snapshot-isolation'],
  ],
  ['lagging-snapshot', ['snapshot-isolation']],
];

/** Of the seeds, how many runs show an anomaly of one of the types. */
const convictions = (behaviour: Behaviour, level: SerialLevel, types: readonly string[]): number =>
  histories(behaviour).filter((ops) => {
    const verdict = checkSerial(ops, { level });
    expect(verdict.valid).not.toBe('unknown');
    return verdict.anomalyTypes.some((type) => types.includes(type));
  }).length;

describe('simulated databases', () => {
  for (const [behaviour, levels] of kept)
    test(`${behaviour} is never accused`, () => {
      for (const ops of histories(behaviour)) {
        for (const level of levels) expect(checkSerial(ops, { level }).valid).toBe(true);
        for (const level of ['read-committed', 'read-atomic'] as const)
          expect(checkWeak(ops, { level, sessions: behaviour !== 'lagging-snapshot' }).valid).toBe(
            true,
          );
      }
    });

  test('serializable and snapshot stores are causal', () => {
    for (const behaviour of ['serializable', 'snapshot'] as const)
      for (const ops of histories(behaviour))
        expect(checkWeak(ops, { level: 'causal' }).valid).toBe(true);
  });

  test('write skew of a snapshot store breaks serializability', () =>
    expect(convictions('snapshot', 'serializable', ['G2-item', 'no-serial-order'])).toBe(
      seeds.length,
    ));
  test('lost updates are found under their name', () =>
    expect(convictions('lost-update', 'snapshot-isolation', ['lost-update'])).toBe(seeds.length));
  test('read committed is convicted of what it permits', () =>
    expect(
      convictions('read-committed', 'snapshot-isolation', [
        'non-repeatable-read',
        'lost-update',
        'G-single-item',
        'no-snapshot-order',
      ]),
    ).toBe(seeds.length));
  test('dirty reads are G1a', () =>
    expect(convictions('dirty-read', 'snapshot-isolation', ['G1a'])).toBe(seeds.length));
  test('stale reads break strict serializability', () =>
    expect(
      convictions('stale-read', 'strict-serializable', [
        'lost-update',
        'non-repeatable-read',
        'G-single-item-realtime',
        'G-single-item-process',
        'no-serial-order',
      ]),
    ).toBe(seeds.length));
  test('snapshots that lag break real time', () =>
    expect(
      convictions('lagging-snapshot', 'strong-snapshot-isolation', [
        'G-single-item-realtime',
        'G-single-item-process',
        'no-snapshot-order',
      ]),
    ).toBe(seeds.length));
  test('a store that forks breaks snapshot isolation', () => {
    const found = histories('long-fork', 30).filter(
      (ops) => checkSerial(ops, { level: 'snapshot-isolation' }).valid === false,
    );
    // Now and then nobody happens to look while the replicas differ.
    expect(found.length).toBeGreaterThan((seeds.length * 2) / 3);
  });
});
