// One generator after another.
import { fork } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { done, finished } from './finished.ts';
import type { Context, Gen, Step } from './generator.ts';
import { callNamed } from './generator-error.ts';
import type { LazyList } from './lazy-list.ts';

/** So many exhausted generators in a row are taken for an endless loop. */
const emptyMax = 100_000;

export class Chain implements Gen {
  readonly gen: Gen;
  /** How many came before `gen`: the name of its random stream. */
  readonly position: number;
  readonly rest: LazyList<Gen>;

  constructor(gen: Gen, position: number, rest: LazyList<Gen>) {
    this.gen = gen;
    this.position = position;
    this.rest = rest;
  }

  op(context: Context): Step {
    let { gen, position, rest } = this;
    for (let skipped = 0; skipped < emptyMax; skipped++) {
      const step: Step =
        gen === finished ? done : gen.op({ ...context, rng: fork(context.rng, position) });
      if (step.kind !== 'done') return { ...step, next: new Chain(step.next, position, rest) };
      const cell = callNamed('the iterable of a sequence', context, () => rest.cell());
      if (cell === undefined) return done;
      gen = cell.value;
      rest = cell.rest;
      position++;
    }
    throw new Error(
      `${emptyMax} generators in a row had nothing to do: an endless sequence of them?`,
    );
  }

  update(context: Context, event: Op): Gen {
    const gen = this.gen.update(context, event);
    return gen === this.gen ? this : new Chain(gen, this.position, this.rest);
  }
}

/** Plays a list of generators, each until it is done. */
export const chain = (list: LazyList<Gen>): Gen => new Chain(finished, -1, list);
