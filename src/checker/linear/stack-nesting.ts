// Last in, first out: can the times that values are inside be nested in each other, or apart, and never cross?
import { never } from './calls.ts';
import { presentOf } from './cover.ts';
import { Coverage } from './coverage.ts';
import type { Clash, Lives } from './lifetimes.ts';
import { OpenPuts } from './open-puts.ts';

/**
 * Values whose putting and taking overlap go in and out at once and hinder nobody. The others are certainly inside from
 * `putEnd` to `takeStart`. Where nothing is certainly inside, the stack may be empty, so what lies on either side of such
 * a moment is decided on its own. In between, some value has to lie at the bottom all the time: one that can be put
 * before all others and taken after all others. Any such value will do, and can be left out then.
 */
export const findTangle = (lives: Lives): Clash | undefined => {
  const present = presentOf(lives);
  const tangle = tangleIn(lives, present);
  return tangle && { values: shrink(lives, tangle) };
};

/** Values that cannot be nested; undefined when all can. */
const tangleIn = (lives: Lives, present: Int32Array): Int32Array | undefined => {
  const { putEnd, takeStart, span } = lives;
  const ends = (value: number): number => Math.min(takeStart[value] as number, span);
  const coverage = new Coverage(span + 1);
  for (const value of present) coverage.add(putEnd[value] as number, ends(value), 1);
  const open = new OpenPuts(lives, present);
  /** Stretches of time to be looked at, as pairs. */
  const due = [0, span];
  while (due.length > 0) {
    const to = due.pop() as number;
    const first = coverage.firstCovered(due.pop() as number);
    if (first >= to) continue;
    const last = Math.min(to, coverage.firstFree(first));
    if (last < to) due.push(last, to);
    const bottom = open.spanning(first, last);
    if (bottom === -1)
      return present.filter(
        (value) =>
          !open.isRemoved(value) &&
          (putEnd[value] as number) >= first &&
          (putEnd[value] as number) < last,
      );
    open.remove(bottom);
    coverage.add(putEnd[bottom] as number, ends(bottom), -1);
    due.push(first, last);
  }
  return undefined;
};

/** Work, in values looked at, for making a tangle small. */
const shrinkWork = 2_000_000;

/** Leaves out ever smaller stretches of values (after Zeller's delta debugging) while what remains is a tangle. */
const shrink = (lives: Lives, tangle: Int32Array): number[] => {
  let kept = tangle;
  let left = shrinkWork;
  for (let size = kept.length >> 1; size > 0 && left > 0; size >>= 1) {
    for (let from = 0; from < kept.length && left > 0; ) {
      const rest = kept.filter((_, at) => at < from || at >= from + size);
      left -= rest.length + 1;
      const smaller = rest.length > 1 ? tangleIn(...compact(lives, rest)) : undefined;
      if (smaller === undefined) from += size;
      else kept = rest;
    }
  }
  return [...kept];
};

/** The same values with moments close together. */
const compact = (lives: Lives, values: Int32Array): [Lives, Int32Array] => {
  const fields = [lives.putStart, lives.putEnd, lives.takeStart, lives.takeEnd] as const;
  const all = new Set<number>();
  for (const field of fields) for (const value of values) all.add(field[value] as number);
  all.delete(never);
  const ranks = new Map(Array.from(Int32Array.from(all).sort(), (at, rank) => [at, rank]));
  ranks.set(never, never);
  const [putStart, putEnd, takeStart, takeEnd] = fields.map((field) =>
    Int32Array.from(values, (value) => ranks.get(field[value] as number) as number),
  ) as [Int32Array, Int32Array, Int32Array, Int32Array];
  const numbers = Int32Array.from(values, (_, at) => at);
  const small = { ...lives, values: numbers, putStart, putEnd, takeStart, takeEnd, span: all.size };
  return [small, presentOf(small)];
};
