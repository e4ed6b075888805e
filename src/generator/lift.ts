// Turns what people write (operations, arrays, iterables, functions, null) into generators.
import { Calls } from './calls.ts';
import { chain } from './chain.ts';
import { finished } from './finished.ts';
import type { Gen, GenLike, OpSpec } from './generator.ts';
import { lazyList } from './lazy-list.ts';
import { Spec } from './spec.ts';

const isSpec = (like: object): like is OpSpec => 'f' in like && typeof like.f === 'string';
const isGen = (like: object): like is Gen =>
  'op' in like && typeof like.op === 'function' && 'update' in like;

const describe = (like: unknown): string => {
  if (typeof like === 'object' && like !== null)
    return `an object with the keys ${Object.keys(like).join(', ') || '(none)'}`;
  return like === undefined ? 'undefined' : `${typeof like} ${String(like)}`;
};

/** Throws a TypeError that says what it was given when that is nothing that lifts. */
export const lift = (like: GenLike): Gen => {
  if (like === null) return finished;
  if (typeof like === 'function')
    return new Calls({ fn: like, lift, blind: like.length === 0 }, 0, undefined);
  if (typeof like === 'object') {
    if (isSpec(like)) return new Spec(like);
    if (isGen(like)) return like;
    if (Symbol.iterator in like) return chain(lazyList(like, lift));
  }
  throw new TypeError(
    `cannot make a generator of ${describe(like)}: expected an operation {f, value}, a generator, ` +
      'an array or iterable of these, a function, or null',
  );
};
