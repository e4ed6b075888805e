// A copy of a generator for every thread.
import { fork } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { done, finished } from './finished.ts';
import type { Context, Gen, GenLike, Step, Thread } from './generator.ts';
import { lift } from './lift.ts';
import { askParts } from './parts.ts';
import { Slots } from './slots.ts';

/** The copies by position of their thread; those not touched yet are `origin`. */
type Copies = { readonly slots: Slots<Gen>; readonly finishedCount: number };

/** What copies answered "not before then": saves asking a thousand waiting copies again. A copy that changed is another. */
class Waiting {
  readonly #gens: Gen[] = [];
  readonly #until: number[] = [];
  note(part: number, gen: Gen, until: number): void {
    this.#gens[part] = gen;
    this.#until[part] = until;
  }
  untilOf(part: number, gen: Gen): number {
    return this.#gens[part] === gen ? (this.#until[part] as number) : 0;
  }
}

class EachThread implements Gen {
  readonly origin: Gen;
  readonly copies: Copies;
  readonly #waiting: Waiting;
  constructor(origin: Gen, copies: Copies, waiting: Waiting) {
    this.origin = origin;
    this.copies = copies;
    this.#waiting = waiting;
  }

  op(context: Context): Step {
    const { threads, time } = context;
    let copies = this.copies;
    const ask = (part: number): Step => {
      const gen = this.#copyAt(copies, part);
      if (gen === finished) return done;
      const step = gen.op(this.#contextOf(context, part));
      if (step.kind === 'done') copies = this.#set(copies, part, finished);
      if (step.kind === 'pending') copies = this.#set(copies, part, step.next);
      if (step.kind === 'op' && step.op.time > time) this.#waiting.note(part, gen, step.op.time);
      return step;
    };
    const dueOf = (part: number): number => this.#waiting.untilOf(part, this.#copyAt(copies, part));
    const partOf = (thread: Thread): number => threads.positionOf(thread);
    const { winner, soonest } = askParts(context, { partOf, ask, dueOf });
    if (winner !== undefined) {
      copies = this.#set(copies, winner.child, winner.step.next);
      return { kind: 'op', op: winner.step.op, next: this.#with(copies) };
    }
    if (copies.finishedCount === threads.count) return done;
    return soonest.pending(this.#with(copies));
  }

  update(context: Context, event: Op): Gen {
    const { threads } = context;
    const thread = threads.threadOf(event.process);
    if (thread === undefined || !threads.has(thread)) return this;
    const part = threads.positionOf(thread);
    const gen = this.#copyAt(this.copies, part);
    const next = gen.update(this.#contextOf(context, part), event);
    return next === gen ? this : this.#with(this.#set(this.copies, part, next));
  }

  #copyAt(copies: Copies, part: number): Gen {
    return copies.slots.get(part) ?? this.origin;
  }

  #contextOf({ time, rng, threads }: Context, part: number): Context {
    const thread = threads.all()[part] as Thread;
    return { time, rng: fork(rng, part), threads: threads.only(thread) };
  }

  #set(copies: Copies, part: number, gen: Gen): Copies {
    const old = this.#copyAt(copies, part);
    if (old === gen) return copies;
    const finishedCount = copies.finishedCount + (gen === finished ? 1 : 0);
    return { slots: copies.slots.set(part, gen), finishedCount };
  }

  #with(copies: Copies): Gen {
    return copies === this.copies ? this : new EachThread(this.origin, copies, this.#waiting);
  }
}

/** Every thread in scope plays a copy of its own; a copy sees only its thread. Ends when all copies have ended. */
export const eachThread = (gen: GenLike): Gen => {
  const origin = lift(gen);
  if (origin === finished) return finished;
  return new EachThread(origin, { slots: new Slots(), finishedCount: 0 }, new Waiting());
};
