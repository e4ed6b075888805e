// A pool of keys, each used more often than the one before by a constant factor.
import { assert } from '../base/assert.ts';
import type { Gen, GenLike } from './generator.ts';
import { keyPool } from './key-pool.ts';
import type { Key } from './keyed.ts';

/**
 * `count` keys in use at once; place i is chosen in proportion to base^i (base above 1, 2 unless told), so that a few
 * keys are hot and others nearly idle. When a key's generator `fn(key)` is exhausted, the next key takes its place.
 */
export const exponentialKeys = <K extends Key>(
  { count, base = 2 }: { readonly count: number; readonly base?: number },
  keys: Iterable<K>,
  fn: (key: K) => GenLike,
): Gen => {
  assert(base > 1 && Number.isFinite(base ** count), `exponentialKeys: a base of ${base}`);
  return keyPool({ weightOf: (i) => base ** i, count, keys, fn });
};
