// A random choice, operation after operation.
import { Choice } from './choice.ts';
import { finished } from './finished.ts';
import type { Gen, GenLike } from './generator.ts';
import { lift } from './lift.ts';

/**
 * Picks one of the generators for each operation, uniformly; one that has to wait (pending) gives its turn to the
 * next. An exhausted one drops out; it ends when all have.
 */
export const mix = (gens: readonly GenLike[]): Gen => {
  const list = gens.map((gen, id) => ({ id, gen: lift(gen), weight: 1 }));
  return list.length === 0
    ? finished
    : new Choice({ list, made: list.length, isUniform: true }, undefined);
};
