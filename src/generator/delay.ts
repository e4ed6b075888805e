// Operations at an even distance.
import type { Op } from '../history/op.ts';
import { nanoseconds } from './duration.ts';
import { withTime } from './emit.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

class Delay implements Gen {
  readonly gap: number;
  /** When the next operation is due; undefined before the first. */
  readonly due: number | undefined;
  readonly gen: Gen;
  constructor(gap: number, due: number | undefined, gen: Gen) {
    this.gap = gap;
    this.due = due;
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = this.gen.op(context);
    if (step.kind === 'done') return step;
    if (step.kind === 'pending') return { ...step, next: this.#with(step.next) };
    const due = this.due ?? step.op.time;
    const op = due > step.op.time ? withTime(step.op, due) : step.op;
    return { kind: 'op', op, next: new Delay(this.gap, due + this.gap, step.next) };
  }
  update(context: Context, event: Op): Gen {
    return this.#with(this.gen.update(context, event));
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new Delay(this.gap, this.due, gen);
  }
}

/** Operations `seconds` apart, all threads together; when it fell behind it catches up without pauses. */
export const delay = (seconds: number, gen: GenLike): Gen =>
  new Delay(nanoseconds('delay', seconds), undefined, lift(gen));
