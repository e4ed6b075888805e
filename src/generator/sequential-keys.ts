// Independent keys, one after another.
import { chain } from './chain.ts';
import type { Gen, GenLike } from './generator.ts';
import { type Key, keyed } from './keyed.ts';
import { lazyList } from './lazy-list.ts';

/** All threads work on one key until its generator `fn(key)` is exhausted, then on the next. `keys` may be endless. */
export const sequentialKeys = <K extends Key>(keys: Iterable<K>, fn: (key: K) => GenLike): Gen =>
  chain(lazyList(keys, (key) => keyed(key, fn(key))));
