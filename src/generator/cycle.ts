// A generator played again from its beginning whenever it is exhausted.
import { fork } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { wholeCount } from './duration.ts';
import { done, finished } from './finished.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

type State = {
  readonly origin: Gen;
  /** Rounds to play, this one included. */
  readonly left: number;
  readonly round: number;
  readonly hasEmitted: boolean;
};

class Cycle implements Gen {
  readonly state: State;
  readonly gen: Gen;
  constructor(state: State, gen: Gen) {
    this.state = state;
    this.gen = gen;
  }
  op(context: Context): Step {
    const { origin, left, round, hasEmitted } = this.state;
    const step = this.gen.op({ ...context, rng: fork(context.rng, round) });
    if (step.kind === 'op') {
      const state = hasEmitted ? this.state : { ...this.state, hasEmitted: true };
      return { ...step, next: new Cycle(state, step.next) };
    }
    if (step.kind === 'pending') return { ...step, next: new Cycle(this.state, step.next) };
    // A round without a single operation would be followed by endless others.
    if (left === 1 || !hasEmitted) return done;
    const state = { origin, left: left - 1, round: round + 1, hasEmitted: false };
    return new Cycle(state, origin).op(context);
  }
  update(context: Context, event: Op): Gen {
    const gen = this.gen.update(context, event);
    return gen === this.gen ? this : new Cycle(this.state, gen);
  }
}

/** `cycle(gen)`, `cycle(times, gen)`: starts a generator again when it is exhausted, each time with fresh draws. */
export function cycle(gen: GenLike): Gen;
export function cycle(times: number, gen: GenLike): Gen;
export function cycle(first: number | GenLike, second?: GenLike): Gen {
  const left = typeof first === 'number' ? wholeCount('cycle', first) : Number.POSITIVE_INFINITY;
  if (left === 0) return finished;
  const origin = lift(typeof first === 'number' ? (second as GenLike) : first);
  return new Cycle({ origin, left, round: 0, hasEmitted: false }, origin);
}
