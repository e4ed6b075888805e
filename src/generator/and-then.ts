// One generator, then another. Not called `then`: a module that exports `then` is a thenable and cannot be imported.
import { concat } from './concat.ts';
import type { Gen, GenLike } from './generator.ts';
import { synchronize } from './synchronize.ts';

/** Plays `first`; when it is exhausted and all threads in scope are free, `second`. Jepsen's `then`, in reading order. */
export const andThen = (first: GenLike, second: GenLike): Gen => concat(first, synchronize(second));
