// Two generators in turn.
import { fork } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

class FlipFlop implements Gen {
  readonly gen: Gen;
  /** Whose turn comes after. */
  readonly other: Gen;
  /** Which of the two as written `gen` is, 0 or 1. */
  readonly turn: number;
  constructor(gen: Gen, other: Gen, turn: number) {
    this.gen = gen;
    this.other = other;
    this.turn = turn;
  }
  op(context: Context): Step {
    const step = this.gen.op({ ...context, rng: fork(context.rng, this.turn) });
    if (step.kind === 'done') return step;
    const next =
      step.kind === 'op'
        ? new FlipFlop(this.other, step.next, 1 - this.turn)
        : new FlipFlop(step.next, this.other, this.turn);
    return { ...step, next };
  }
  update(context: Context, event: Op): Gen {
    const gen = this.gen.update(context, event);
    const other = this.other.update(context, event);
    return gen === this.gen && other === this.other ? this : new FlipFlop(gen, other, this.turn);
  }
}

/** An operation of `a`, one of `b`, one of `a` …; ends when the one whose turn it is has ended. */
export const flipFlop = (a: GenLike, b: GenLike): Gen => new FlipFlop(lift(a), lift(b), 0);
