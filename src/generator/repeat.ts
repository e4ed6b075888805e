// The same generator asked again and again, never moving on.
import { fork } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { wholeCount } from './duration.ts';
import { finished } from './finished.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';
import { Spec } from './spec.ts';

class Repeat implements Gen {
  readonly left: number;
  readonly round: number;
  readonly gen: Gen;
  constructor(left: number, round: number, gen: Gen) {
    this.left = left;
    this.round = round;
    this.gen = gen;
  }
  op(context: Context): Step {
    // A single operation draws nothing: no stream of its own, and for ever the same state.
    const isSpec = this.gen instanceof Spec;
    const step = this.gen.op(isSpec ? context : { ...context, rng: fork(context.rng, this.round) });
    if (step.kind === 'done') return step;
    if (step.kind === 'pending') return { ...step, next: this };
    return { kind: 'op', op: step.op, next: this.#after(isSpec) };
  }
  update(context: Context, event: Op): Gen {
    const gen = this.gen.update(context, event);
    return gen === this.gen ? this : new Repeat(this.left, this.round, gen);
  }
  #after(isSpec: boolean): Gen {
    if (this.left === 1) return finished;
    if (isSpec && this.left === Number.POSITIVE_INFINITY) return this;
    return new Repeat(this.left - 1, this.round + 1, this.gen);
  }
}

/**
 * `repeat(gen)`, `repeat(times, gen)`: emits the first operation of a generator over and over: the generator stays as
 * it is, only its random stream moves on. To play a whole generator several times, use `cycle`.
 */
export function repeat(gen: GenLike): Gen;
export function repeat(times: number, gen: GenLike): Gen;
export function repeat(first: number | GenLike, second?: GenLike): Gen {
  if (typeof first !== 'number') return new Repeat(Number.POSITIVE_INFINITY, 0, lift(first));
  if (wholeCount('repeat', first) === 0) return finished;
  return new Repeat(first, 0, lift(second as GenLike));
}
