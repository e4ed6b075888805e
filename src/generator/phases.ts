// Generators one after another, each waiting until everything before it has completed.
import { concat } from './concat.ts';
import type { Gen, GenLike } from './generator.ts';
import { synchronize } from './synchronize.ts';

/** Plays generators in order; every one begins when all threads in scope are free. */
export const phases = (...gens: readonly GenLike[]): Gen => concat(...gens.map(synchronize));
