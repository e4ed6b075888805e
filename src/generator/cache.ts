// An operation that was expensive to make and was not taken yet is offered again instead of made anew.
import type { Rng } from '../base/random.ts';
import { nanoseconds } from './duration.ts';
import { withTime } from './emit.ts';
import type { Context, Event, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

type Offer = {
  readonly step: Step & { readonly kind: 'op' };
  readonly rng: Rng;
  readonly made: number;
};

class Cache implements Gen {
  readonly lasts: number;
  readonly gen: Gen;
  /** What `gen` offered; a memory only: whoever copies this generator's state copies `gen`. */
  #offer: Offer | undefined;
  constructor(lasts: number, gen: Gen) {
    this.lasts = lasts;
    this.gen = gen;
  }

  op(context: Context): Step {
    const { time, rng } = context;
    const offer = this.#offer;
    if (offer !== undefined && this.#holds(offer, context)) {
      const { op, next } = offer.step;
      return { kind: 'op', op: op.time < time ? withTime(op, time) : op, next: this.#with(next) };
    }
    const step = this.gen.op(context);
    this.#offer = step.kind === 'op' ? { step, rng, made: time } : undefined;
    return step.kind === 'done' ? step : { ...step, next: this.#with(step.next) };
  }

  /** An event that leaves the generator as it is leaves its offer too; any other makes a new one necessary. */
  update(context: Context, event: Event): Gen {
    const gen = this.gen.update(context, event);
    const isTaken = event.type === 'invoke' && event.process === this.#offer?.step.op.process;
    return isTaken ? new Cache(this.lasts, gen) : this.#with(gen);
  }

  #holds({ step, rng, made }: Offer, context: Context): boolean {
    const { time, threads } = context;
    if (time < made || time >= made + this.lasts || !isSame(rng, context.rng)) return false;
    const thread = threads.threadOf(step.op.process);
    return thread !== undefined && threads.isFree(thread);
  }

  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new Cache(this.lasts, gen);
  }
}

const isSame = (a: Rng, b: Rng): boolean => a.a === b.a && a.b === b.b;

/**
 * For generators whose operations are expensive to make: what was offered and not taken is offered again for `seconds`,
 * unless an event changed the generator or the process is no longer free. What comes out then depends on who looked
 * when, so it is for generators that would answer the same anyway.
 */
export const cache = (seconds: number, gen: GenLike): Gen =>
  new Cache(nanoseconds('cache', seconds), lift(gen));
