// Operations at random distances: a total rate.
import { advance, fork, fractionAt, type Rng } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { nanoseconds } from './duration.ts';
import { withTime } from './emit.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

/** Lateness up to this is made up for (timers are coarse); what is beyond is lost, so a long stall ends in no burst. */
const catchUpNs = 10_000_000;

type Pace = {
  /** When the next operation is due, nanoseconds. */
  readonly due: number;
  readonly rng: Rng;
};

class Stagger implements Gen {
  readonly meanGap: number;
  /** Undefined before the first operation. */
  readonly pace: Pace | undefined;
  readonly gen: Gen;
  constructor(meanGap: number, pace: Pace | undefined, gen: Gen) {
    this.meanGap = meanGap;
    this.pace = pace;
    this.gen = gen;
  }
  op(context: Context): Step {
    const { time, threads, rng } = context;
    const step = this.gen.op({ time, threads, rng: fork(rng, 0) });
    if (step.kind === 'done') return step;
    if (step.kind === 'pending') return { ...step, next: this.#with(step.next) };
    const pace = this.pace ?? { due: step.op.time, rng: fork(rng, -1) };
    const at = Math.max(step.op.time, pace.due);
    const gap = Math.floor(fractionAt(pace.rng) * 2 * this.meanGap);
    const due = Math.max(pace.due, at - catchUpNs) + gap;
    const next = new Stagger(this.meanGap, { due, rng: advance(pace.rng) }, step.next);
    return { kind: 'op', op: at === step.op.time ? step.op : withTime(step.op, at), next };
  }
  update(context: Context, event: Op): Gen {
    return this.#with(this.gen.update(context, event));
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new Stagger(this.meanGap, this.pace, gen);
  }
}

/** One operation every `seconds` on average, all threads together; gaps are uniform between 0 and twice that. */
export const stagger = (seconds: number, gen: GenLike): Gen =>
  new Stagger(nanoseconds('stagger', seconds), undefined, lift(gen));
