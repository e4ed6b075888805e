// At most n operations.
import type { Op } from '../history/op.ts';
import { wholeCount } from './duration.ts';
import { finished } from './finished.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

class Limit implements Gen {
  readonly left: number;
  readonly gen: Gen;
  constructor(left: number, gen: Gen) {
    this.left = left;
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = this.gen.op(context);
    if (step.kind === 'done') return step;
    if (step.kind === 'pending') return { ...step, next: this.#with(step.next) };
    const next = this.left === 1 ? finished : new Limit(this.left - 1, step.next);
    return { kind: 'op', op: step.op, next };
  }
  update(context: Context, event: Op): Gen {
    return this.#with(this.gen.update(context, event));
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new Limit(this.left, gen);
  }
}

/** Emits at most `count` operations of a generator. */
export const limit = (count: number, gen: GenLike): Gen =>
  wholeCount('limit', count) === 0 ? finished : new Limit(count, lift(gen));
