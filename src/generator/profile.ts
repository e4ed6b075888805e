// Operations at random distances at a rate that changes with time: what ramp and burst are made of.
import { advance, fork, fractionAt, type Rng } from '../base/random.ts';
import { withTime } from './emit.ts';
import type { Context, Event, Gen, Step } from './generator.ts';

/** Lateness up to this is made up for, as `stagger` does. */
const catchUpNs = 10_000_000;

/** A rate as its integral: how many operations are expected until a time, and when so many are. Seconds from the start. */
export type Profile = {
  readonly countAt: (seconds: number) => number;
  readonly timeOf: (count: number) => number;
};

type Pace = {
  /** When the first operation was due (at once), nanoseconds: where the profile begins. */
  readonly start: number;
  /** When the next one is. */
  readonly due: number;
  readonly rng: Rng;
};

export class Paced implements Gen {
  readonly profile: Profile;
  /** Undefined before the first operation. */
  readonly pace: Pace | undefined;
  readonly gen: Gen;
  constructor(profile: Profile, pace: Pace | undefined, gen: Gen) {
    this.profile = profile;
    this.pace = pace;
    this.gen = gen;
  }

  op(context: Context): Step {
    const { time, threads, rng } = context;
    const step = this.gen.op({ time, threads, rng: fork(rng, 0) });
    if (step.kind === 'done') return step;
    if (step.kind === 'pending') return { ...step, next: this.#with(step.next) };
    const first = step.op.time;
    const pace = this.pace ?? { start: first, due: first, rng: fork(rng, -1) };
    const at = Math.max(step.op.time, pace.due);
    const from = Math.max(pace.due, at - catchUpNs);
    const next = new Paced(this.profile, this.#after(pace, from), step.next);
    return { kind: 'op', op: at === step.op.time ? step.op : withTime(step.op, at), next };
  }

  update(context: Context, event: Event): Gen {
    return this.#with(this.gen.update(context, event));
  }

  /** One more operation, give or take one, is expected between two of them. */
  #after({ start, rng }: Pace, from: number): Pace {
    const { countAt, timeOf } = this.profile;
    const seconds = timeOf(countAt((from - start) / 1e9) + 2 * fractionAt(rng));
    const due = Math.max(from, start + Math.floor(seconds * 1e9));
    return { start, due, rng: advance(rng) };
  }

  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new Paced(this.profile, this.pace, gen);
  }
}
