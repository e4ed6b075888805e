// A generator that ends after a time, also while it has nothing to offer.
import type { Op } from '../history/op.ts';
import { nanoseconds } from './duration.ts';
import { done } from './finished.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

class TimeLimit implements Gen {
  readonly lasts: number;
  /** Undefined until the clock has started. */
  readonly end: number | undefined;
  readonly gen: Gen;
  constructor(lasts: number, end: number | undefined, gen: Gen) {
    this.lasts = lasts;
    this.end = end;
    this.gen = gen;
  }
  op(context: Context): Step {
    const end = this.end ?? context.time + this.lasts;
    if (context.time >= end) return done;
    const step = this.gen.op(context);
    if (step.kind === 'done') return step;
    if (step.kind === 'pending') {
      const wake = step.wake === undefined || step.wake > end ? end : step.wake;
      return { kind: 'pending', next: this.#with(end, step.next), wake };
    }
    // Beyond the end: something sooner may still come of an event, so wait rather than finish early.
    if (step.op.time >= end) return { kind: 'pending', next: this.#with(end, this.gen), wake: end };
    return { kind: 'op', op: step.op, next: this.#with(end, step.next) };
  }
  update(context: Context, event: Op): Gen {
    return this.#with(this.end, this.gen.update(context, event));
  }
  #with(end: number | undefined, gen: Gen): Gen {
    return gen === this.gen && end === this.end ? this : new TimeLimit(this.lasts, end, gen);
  }
}

/** Ends `seconds` after it was first asked; everything emitted is due before that. Operations under way go on. */
export const timeLimit = (seconds: number, gen: GenLike): Gen =>
  new TimeLimit(nanoseconds('timeLimit', seconds), undefined, lift(gen));
