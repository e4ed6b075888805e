// A pool of independent keys in use at once, chosen at random; an exhausted key makes room for a new one.

import { type Branch, Choice } from './choice.ts';
import { wholeCount } from './duration.ts';
import { finished } from './finished.ts';
import type { Gen, GenLike } from './generator.ts';
import { type Key, keyed } from './keyed.ts';
import { type LazyList, lazyList } from './lazy-list.ts';

export type KeyPool<K extends Key> = {
  /** How often key i of the pool is chosen, relative to the others. */
  readonly weightOf: (i: number) => number;
  readonly count: number;
  readonly keys: Iterable<K>;
  readonly fn: (key: K) => GenLike;
};

/** Pulls as many keys as there are places when it is made, further ones as they are needed. */
export const keyPool = <K extends Key>({ weightOf, count, keys, fn }: KeyPool<K>): Gen => {
  wholeCount('a pool of keys', count, 1);
  let refill: LazyList<Gen> = lazyList(keys, (key) => keyed(key, fn(key)));
  const list: Branch[] = [];
  for (let id = 0; id < count; id++) {
    const cell = refill.cell();
    if (cell === undefined) break;
    list.push({ id, gen: cell.value, weight: weightOf(id) });
    refill = cell.rest;
  }
  if (list.length === 0) return finished;
  return new Choice({ list, refill, made: list.length, isUniform: false }, undefined);
};
