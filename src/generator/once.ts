// One operation only.
import type { Gen, GenLike } from './generator.ts';
import { limit } from './limit.ts';

/** Emits the first operation of a generator. */
export const once = (gen: GenLike): Gen => limit(1, gen);
