// Anything iterable, pulled one item at a time.
import { chain } from './chain.ts';
import type { Gen, GenLike } from './generator.ts';
import { lazyList } from './lazy-list.ts';
import { lift } from './lift.ts';

/**
 * Plays the items of an iterable, or of what a `function*` returns, one after another. Each item is pulled once, when
 * it is needed first, and remembered as long as somebody may ask for it: a single-pass iterator becomes a value.
 */
export const fromIterable = (items: Iterable<GenLike> | (() => Iterable<GenLike>)): Gen =>
  chain(
    lazyList(
      typeof items === 'function' ? { [Symbol.iterator]: () => iterate(items) } : items,
      lift,
    ),
  );

const iterate = (items: () => Iterable<GenLike>): Iterator<GenLike> => items()[Symbol.iterator]();
