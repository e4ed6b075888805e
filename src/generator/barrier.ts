// A generator that is over only when everything under way has completed.
import { concat } from './concat.ts';
import type { Gen, GenLike } from './generator.ts';
import { synchronize } from './synchronize.ts';

/** Plays a generator, then waits until all threads in scope are free at once; what comes after it overlaps nothing of it. */
export const barrier = (gen: GenLike): Gen => concat(gen, synchronize(null));
