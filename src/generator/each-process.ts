// A copy of a generator for every process: a thread whose process crashed begins anew.
import { fork } from '../base/random.ts';
import { done, finished } from './finished.ts';
import type { Context, Event, Gen, GenLike, RunProcess, Step, Thread } from './generator.ts';
import { lift } from './lift.ts';
import { askParts } from './parts.ts';
import { Slots } from './slots.ts';

/** Belongs to one process; that of a retired process is as if it were not there. */
type Copy = { readonly process: RunProcess; readonly gen: Gen };

class EachProcess implements Gen {
  readonly origin: Gen;
  /** By position of the thread. */
  readonly copies: Slots<Copy>;
  constructor(origin: Gen, copies: Slots<Copy>) {
    this.origin = origin;
    this.copies = copies;
  }

  op(context: Context): Step {
    const { threads } = context;
    let { copies } = this;
    const ask = (part: number): Step => {
      const thread = threads.all()[part] as Thread;
      const copy = this.#copyOf(copies, part, threads.processOf(thread) as RunProcess);
      if (copy.gen === finished) return done;
      const step = copy.gen.op(contextOf(context, thread, copy.process));
      const gen = step.kind === 'done' ? finished : step.kind === 'pending' ? step.next : copy.gen;
      if (gen !== copy.gen) copies = copies.set(part, { process: copy.process, gen });
      return step;
    };
    const partOf = (thread: Thread): number => threads.positionOf(thread);
    const { winner, soonest } = askParts(context, { partOf, ask });
    if (winner !== undefined) {
      const { op, next: gen } = winner.step;
      return {
        kind: 'op',
        op,
        next: this.#with(copies.set(winner.child, { process: op.process, gen })),
      };
    }
    // A busy thread may still crash, and its next process then has a copy to play.
    if (soonest.isDone && threads.freeCount === threads.count) return done;
    return soonest.pending(this.#with(copies));
  }

  update(context: Context, event: Event): Gen {
    const { threads } = context;
    const thread = threads.threadOf(event.process);
    if (thread === undefined || !threads.has(thread)) return this;
    const part = threads.positionOf(thread);
    const { process, gen } = this.#copyOf(this.copies, part, event.process);
    const next = gen.update(contextOf(context, thread, process), event);
    return next === gen ? this : this.#with(this.copies.set(part, { process, gen: next }));
  }

  #copyOf(copies: Slots<Copy>, part: number, process: RunProcess): Copy {
    const copy = copies.get(part);
    return copy?.process === process ? copy : { process, gen: this.origin };
  }

  #with(copies: Slots<Copy>): Gen {
    return copies === this.copies ? this : new EachProcess(this.origin, copies);
  }
}

const contextOf = (
  { time, rng, threads }: Context,
  thread: Thread,
  process: RunProcess,
): Context => ({
  time,
  rng: fork(rng, process),
  threads: threads.only(thread),
});

/**
 * Every process in scope plays a copy of its own, from the beginning, and sees only its thread. Ends when all copies
 * have ended and all threads are free, since a crash would bring a new process.
 */
export const eachProcess = (gen: GenLike): Gen => {
  const origin = lift(gen);
  return origin === finished ? finished : new EachProcess(origin, new Slots());
};
