// Large histories from a simulated store: correct ones at each level, and ones with a planted bug.
import type { Op } from '../../src/elle-js-bridge/op.ts';
import { dice } from './histories.ts';

/** What to simulate. */
export type Simulation = {
  readonly seed: number;
  readonly txns: number;
  readonly sessions: number;
  readonly keys: number;
  /** Steps of each transaction, half of them reads. */
  readonly steps: number;
};

type Mop = ['r' | 'w', number, number | null];

/** Executes transactions one after the other, in random sessions, as fast as a history can be made. */
export const serialHistory = (simulation: Simulation): Op[] => {
  const roll = dice(simulation.seed);
  const state = new Int32Array(simulation.keys);
  const ops: Op[] = [];
  let written = 0;
  for (let t = 0; t < simulation.txns; t++) {
    const process = roll(simulation.sessions);
    const value: Mop[] = [];
    for (let step = 0; step < simulation.steps; step++) {
      const key = roll(simulation.keys);
      if (roll(2) === 0) value.push(['r', key, state[key] === 0 ? null : (state[key] as number)]);
      else {
        state[key] = ++written;
        value.push(['w', key, written]);
      }
    }
    ops.push({
      index: 2 * t,
      process,
      type: 'invoke',
      f: 'txn',
      value: value.map(([f, k, v]) => [f, k, f === 'r' ? null : v]),
    });
    ops.push({ index: 2 * t + 1, process, type: 'ok', f: 'txn', value });
  }
  return ops;
};

/** The same history with one read, in the second half, that answers with the value before the last. */
export const withStaleRead = (ops: readonly Op[]): Op[] => {
  const before = new Map<unknown, unknown[]>();
  let done = false;
  return ops.map((op, i) => {
    if (op.type !== 'ok') return op;
    const own = new Set<unknown>();
    const value = (op.value as Mop[]).map((mop) => {
      const [f, key, seen] = mop;
      const seenBefore = before.get(key) ?? [];
      if (f === 'w') {
        own.add(key);
        before.set(key, [...seenBefore.slice(-1), seen]);
      } else if (
        !done &&
        i > ops.length / 2 &&
        !own.has(key) &&
        seenBefore.length === 2 &&
        seenBefore[1] === seen
      ) {
        done = true;
        return [f, key, seenBefore[0]];
      }
      return mop;
    });
    return { ...op, value };
  });
};
