// Whichever generator has something first, until one of them has ended.
import { AnyOf } from './any.ts';
import type { Gen, GenLike } from './generator.ts';
import { lift } from './lift.ts';

/** As `any`, but ends when any of the generators has ended. All are asked for every operation. */
export const shortestAny = (...gens: readonly GenLike[]): Gen =>
  new AnyOf(gens.map(lift), { rng: undefined, endsWithFirst: true });
