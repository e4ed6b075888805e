// Waiting for everybody.
import type { Op } from '../history/op.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

class Synchronize implements Gen {
  readonly gen: Gen;
  constructor(gen: Gen) {
    this.gen = gen;
  }
  op(context: Context): Step {
    const { threads } = context;
    return threads.freeCount === threads.count
      ? this.gen.op(context)
      : { kind: 'pending', next: this };
  }
  update(context: Context, event: Op): Gen {
    const gen = this.gen.update(context, event);
    return gen === this.gen ? this : new Synchronize(gen);
  }
}

/** Begins when all threads in scope are free at once; from then on it is the generator itself. */
export const synchronize = (gen: GenLike): Gen => new Synchronize(lift(gen));
