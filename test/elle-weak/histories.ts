// Random small histories: what a database without any promises might answer.
import type { Op } from '../../src/elle-js-bridge/op.ts';

/** A small generator of random numbers: the same seed, the same history. */
export const dice = (seed: number): ((bound: number) => number) => {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) % bound;
  };
};

type Shape = {
  readonly txns: number;
  readonly processes: number;
  readonly keys: number;
  readonly lists: boolean;
};
type Mop = [string, string, unknown];

const skeleton = (roll: (bound: number) => number, shape: Shape): Mop[][] => {
  let value = 0;
  return Array.from({ length: 2 + roll(shape.txns - 1) }, () =>
    Array.from({ length: 1 + roll(4) }, (): Mop => {
      const key = 'xyz'[roll(shape.keys)] as string;
      return roll(2) === 0 ? ['r', key, null] : [shape.lists ? 'append' : 'w', key, ++value];
    }),
  );
};

/** Lets reads answer with plausible values: mostly final writes of others, seldom anything else. */
const answer = (roll: (bound: number) => number, txns: readonly Mop[][], lists: boolean): void => {
  const writes = txns.flat().filter((m) => m[0] !== 'r');
  const order = lists ? writes.toSorted(() => roll(3) - 1) : writes;
  for (const mops of txns)
    for (const [i, mop] of mops.entries()) {
      if (mop[0] !== 'r') continue;
      const own = mops.slice(0, i).findLast((m) => m[0] !== 'r' && m[1] === mop[1]);
      const candidates = order.filter((m) => m[1] === mop[1]);
      const chosen =
        own !== undefined && roll(12) > 0 ? own : candidates[roll(candidates.length + 1)];
      if (chosen === undefined) continue;
      mop[2] = lists
        ? candidates.slice(0, candidates.indexOf(chosen) + 1).map((m) => m[2])
        : chosen[2];
    }
};

/** A random history: transactions overlap, a few fail or end unknown. */
export const randomHistory = (seed: number, shape: Shape): Op[] => {
  const roll = dice(seed);
  const txns = skeleton(roll, shape);
  answer(roll, txns, shape.lists);
  const ops: Op[] = [];
  const open = new Map<number, Mop[]>();
  const crashed = new Map<number, number>();
  const push = (process: number, type: Op['type'], value: Mop[]): void => {
    const shown = type === 'ok' ? value : value.map(([f, k, v]) => [f, k, f === 'r' ? null : v]);
    ops.push({ index: ops.length, time: ops.length * 1000, process, type, f: 'txn', value: shown });
  };
  const finish = (thread: number): void => {
    const process = thread + shape.processes * (crashed.get(thread) ?? 0);
    const luck = roll(12);
    push(process, luck === 0 ? 'info' : luck === 1 ? 'fail' : 'ok', open.get(thread) as Mop[]);
    if (luck === 0) crashed.set(thread, (crashed.get(thread) ?? 0) + 1);
    open.delete(thread);
  };
  for (const mops of txns) {
    const thread = roll(shape.processes);
    if (open.has(thread)) finish(thread);
    push(thread + shape.processes * (crashed.get(thread) ?? 0), 'invoke', mops);
    open.set(thread, mops);
    for (const other of [...open.keys()]) if (roll(3) === 0) finish(other);
  }
  for (const thread of [...open.keys()]) finish(thread);
  return ops;
};
