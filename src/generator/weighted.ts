// A random choice with weights, operation after operation.
import { assert } from '../base/assert.ts';
import { Choice } from './choice.ts';
import { finished } from './finished.ts';
import type { Gen, GenLike } from './generator.ts';
import { lift } from './lift.ts';

/**
 * `weighted([[3, reads], [1, writes]])`: as `mix`, but a generator is picked in proportion to its weight (above 0).
 * When one drops out the others keep their proportions.
 */
export const weighted = (gens: readonly (readonly [weight: number, gen: GenLike])[]): Gen => {
  const list = gens.map(([weight, gen], id) => {
    assert(
      Number.isFinite(weight) && weight > 0,
      `weighted: a weight of ${weight}, expected above 0`,
    );
    return { id, gen: lift(gen), weight };
  });
  return list.length === 0
    ? finished
    : new Choice({ list, made: list.length, isUniform: false }, undefined);
};
