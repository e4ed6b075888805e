// Times at which a container cannot have been empty, because a value had been put and nobody had begun to take it.
import type { Lives } from './lifetimes.ts';
import { sortedBy } from './sorted-by.ts';

/** Values that are certainly inside for some time, ordered by when they are from (`putEnd`). */
export const presentOf = ({ values, putEnd, takeStart }: Lives): Int32Array =>
  sortedBy(
    values.filter((value) => (putEnd[value] as number) < (takeStart[value] as number)),
    putEnd,
  );

/**
 * Values that between them are inside all the time from `from` to `to`, as few as possible; undefined when there is a
 * moment without. `present` is ordered as by `presentOf`.
 */
export const coverOf = (
  { putEnd, takeStart }: Lives,
  present: Int32Array,
  [from, to]: readonly [number, number],
): number[] | undefined => {
  const chosen: number[] = [];
  let reached = from;
  let next = 0;
  while (reached < to) {
    let best = -1;
    let until = reached;
    for (; next < present.length; next++) {
      const value = present[next] as number;
      const begins = putEnd[value] as number;
      if (begins >= reached) break;
      if ((takeStart[value] as number) > until) {
        until = takeStart[value] as number;
        best = value;
      }
    }
    if (best === -1) return undefined;
    chosen.push(best);
    reached = until;
  }
  return chosen;
};

/** Stretches of time, in order, in which something is inside all the time. */
export const stretchesOf = (
  { putEnd, takeStart }: Lives,
  present: Int32Array,
): { readonly from: Int32Array; readonly to: Int32Array } => {
  const from = new Int32Array(present.length);
  const to = new Int32Array(present.length);
  let count = -1;
  for (const value of present) {
    const begins = putEnd[value] as number;
    const ends = takeStart[value] as number;
    if (count >= 0 && begins < (to[count] as number)) {
      to[count] = Math.max(to[count] as number, ends);
    } else {
      from[++count] = begins;
      to[count] = ends;
    }
  }
  return { from: from.subarray(0, count + 1), to: to.subarray(0, count + 1) };
};

/** The last stretch that begins before a moment, -1 without. */
export const stretchBefore = (from: Int32Array, moment: number): number => {
  let low = 0;
  let high = from.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((from[middle] as number) < moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};
