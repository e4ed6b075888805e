// A rate that grows (or falls) evenly, then stays.
import { assert } from '../base/assert.ts';
import type { Gen, GenLike } from './generator.ts';
import { lift } from './lift.ts';
import { Paced, type Profile } from './profile.ts';

export type Ramp = {
  /** Operations a second at the beginning, 0 or more. */
  readonly from: number;
  /** Operations a second at the end, above 0. */
  readonly to: number;
  /** How long it takes from one to the other, above 0. */
  readonly seconds: number;
};

const profileOf = ({ from, to, seconds }: Ramp): Profile => {
  const slope = (to - from) / seconds;
  const onRamp = ((from + to) / 2) * seconds;
  return {
    countAt: (t) => (t < seconds ? from * t + (slope / 2) * t * t : onRamp + to * (t - seconds)),
    timeOf: (count) => {
      if (count >= onRamp) return seconds + (count - onRamp) / to;
      // The root of from·t + slope/2·t² = count, in the form that also holds for a slope of 0.
      return (2 * count) / (from + Math.sqrt(from * from + 2 * slope * count));
    },
  };
};

/** Operations at a rate that goes evenly from one to another and stays there; all threads together, gaps random as in `stagger`. */
export const ramp = (shape: Ramp, gen: GenLike): Gen => {
  const { from, to, seconds } = shape;
  assert(from >= 0 && Number.isFinite(from), `ramp: from ${from} operations a second`);
  assert(to > 0 && Number.isFinite(to), `ramp: to ${to} operations a second, expected above 0`);
  assert(seconds > 0 && Number.isFinite(seconds), `ramp: over ${seconds} seconds`);
  return new Paced(profileOf(shape), undefined, lift(gen));
};
