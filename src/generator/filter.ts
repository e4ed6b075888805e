// Only the operations that a predicate accepts.
import type { Op } from '../history/op.ts';
import type { Context, Emitted, Gen, GenLike, Step } from './generator.ts';
import { callNamed } from './generator-error.ts';
import { lift } from './lift.ts';

type Accepts = (op: Emitted) => boolean;

/** So many refused operations in a row are taken for an endless loop. */
const refusedMax = 100_000;

class Filter implements Gen {
  readonly accepts: Accepts;
  readonly gen: Gen;
  constructor(accepts: Accepts, gen: Gen) {
    this.accepts = accepts;
    this.gen = gen;
  }
  op(context: Context): Step {
    let { gen } = this;
    for (let refused = 0; refused < refusedMax; refused++) {
      const step = gen.op(context);
      if (step.kind === 'done') return step;
      if (step.kind === 'pending' || this.#isWanted(step.op, context))
        return { ...step, next: this.#with(step.next) };
      gen = step.next;
    }
    throw new Error(`filter refused ${refusedMax} operations in a row`);
  }
  update(context: Context, event: Op): Gen {
    return this.#with(this.gen.update(context, event));
  }
  #isWanted(op: Emitted, context: Context): boolean {
    return op.kind !== 'invoke' || callNamed('the filter', context, () => this.accepts(op));
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new Filter(this.accepts, gen);
  }
}

/**
 * Skips the operations (not sleeps and log messages) that `accepts` refuses; they are as if never written. What is
 * refused depends on when it is asked if the operations do: then it may be done at one time and would not be at another.
 * Whoever is told that a generator is done drops it, so for a run that too is final.
 */
export const filter = (accepts: Accepts, gen: GenLike): Gen => new Filter(accepts, lift(gen));
