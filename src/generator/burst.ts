// A rate with peaks at even distances.
import { assert } from '../base/assert.ts';
import type { Gen, GenLike } from './generator.ts';
import { lift } from './lift.ts';
import { Paced, type Profile } from './profile.ts';

export type Burst = {
  /** Operations a second between the peaks, 0 or more. */
  readonly rate: number;
  /** Operations a second in a peak, above 0. */
  readonly peak: number;
  /** How long a peak lasts, above 0. */
  readonly seconds: number;
  /** From the beginning of one peak to that of the next; longer than a peak. The first begins at once. */
  readonly every: number;
};

const profileOf = ({ rate, peak, seconds, every }: Burst): Profile => {
  const inPeak = peak * seconds;
  const inPeriod = inPeak + rate * (every - seconds);
  return {
    countAt: (t) => {
      const periods = Math.floor(t / every);
      const rest = t - periods * every;
      const beyond = Math.max(0, rest - seconds);
      return periods * inPeriod + peak * Math.min(rest, seconds) + rate * beyond;
    },
    timeOf: (count) => {
      const periods = Math.floor(count / inPeriod);
      const rest = count - periods * inPeriod;
      const within = rest <= inPeak || rate === 0 ? rest / peak : seconds + (rest - inPeak) / rate;
      return periods * every + within;
    },
  };
};

/** Operations at a low rate with peaks of a higher one; all threads together, gaps random as in `stagger`. */
export const burst = (shape: Burst, gen: GenLike): Gen => {
  const { rate, peak, seconds, every } = shape;
  assert(rate >= 0 && Number.isFinite(rate), `burst: ${rate} operations a second between peaks`);
  assert(peak > 0 && Number.isFinite(peak), `burst: peaks of ${peak} operations a second`);
  assert(
    seconds > 0 && every > seconds,
    `burst: peaks of ${seconds} seconds every ${every} seconds`,
  );
  assert(Number.isFinite(every), `burst: peaks every ${every} seconds`);
  return new Paced(profileOf(shape), undefined, lift(gen));
};
