// Generators one after another.
import { chain } from './chain.ts';
import type { Gen, GenLike } from './generator.ts';
import { lazyList } from './lazy-list.ts';
import { lift } from './lift.ts';

/** Plays each generator until it is exhausted; does not wait for operations under way (see `phases`). */
export const concat = (...gens: readonly GenLike[]): Gen => chain(lazyList(gens, lift));
