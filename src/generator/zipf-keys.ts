// A pool of keys, used as words are in a text: by rank.
import { assert } from '../base/assert.ts';
import type { Gen, GenLike } from './generator.ts';
import { keyPool } from './key-pool.ts';
import type { Key } from './keyed.ts';

/**
 * `count` keys in use at once; place i is chosen in proportion to 1/(i + 1)^skew (skew 0 or above, 1 unless told). When
 * a key's generator `fn(key)` is exhausted, the next key takes its place.
 */
export const zipfKeys = <K extends Key>(
  { count, skew = 1 }: { readonly count: number; readonly skew?: number },
  keys: Iterable<K>,
  fn: (key: K) => GenLike,
): Gen => {
  assert(Number.isFinite(skew) && skew >= 0, `zipfKeys: a skew of ${skew}, expected 0 or more`);
  return keyPool({ weightOf: (i) => 1 / (i + 1) ** skew, count, keys, fn });
};
