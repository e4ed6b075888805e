// Durations as users write them (seconds) and as the generators count them (whole nanoseconds).
import { assert } from '../base/assert.ts';

/** Whole nanoseconds of a number of seconds ≥ 0; `who` is named when it is none. */
export const nanoseconds = (who: string, seconds: number): number => {
  assert(
    Number.isFinite(seconds) && seconds >= 0,
    `${who}: ${seconds} seconds, expected 0 or more`,
  );
  return Math.round(seconds * 1e9);
};

/** A whole number ≥ `min`, or Infinity. */
export const wholeCount = (who: string, count: number, min = 0): number => {
  const isWhole = Number.isInteger(count) || count === Number.POSITIVE_INFINITY;
  assert(isWhole && count >= min, `${who}: ${count}, expected a whole number of at least ${min}`);
  return count;
};
