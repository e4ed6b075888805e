// At most n threads busy at once.
import { wholeCount } from './duration.ts';
import type { Context, Event, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

class ConcurrencyLimit implements Gen {
  readonly max: number;
  readonly gen: Gen;
  constructor(max: number, gen: Gen) {
    this.max = max;
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = this.gen.op(context);
    if (step.kind === 'done') return step;
    const { count, freeCount } = context.threads;
    if (step.kind === 'op' && count - freeCount >= this.max) return { kind: 'pending', next: this };
    return { ...step, next: this.#with(step.next) };
  }
  update(context: Context, event: Event): Gen {
    return this.#with(this.gen.update(context, event));
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new ConcurrencyLimit(this.max, gen);
  }
}

/** Waits while `max` or more threads in scope are busy, whatever keeps them busy. */
export const concurrencyLimit = (max: number, gen: GenLike): Gen =>
  new ConcurrencyLimit(wholeCount('concurrencyLimit', max, 1), lift(gen));
