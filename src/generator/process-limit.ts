// At most n different processes: bounds how wide a history gets for its checker.
import type { Op } from '../history/op.ts';
import { wholeCount } from './duration.ts';
import { done, finished } from './finished.ts';
import type { Context, Gen, GenLike, RunProcess, Step, Threads } from './generator.ts';
import { lift } from './lift.ts';

/** The processes that have been able to take part, as of a number of retirements. */
type Seen = { readonly processes: ReadonlySet<RunProcess>; readonly retirements: number };

class ProcessLimit implements Gen {
  readonly max: number;
  readonly seen: Seen;
  readonly gen: Gen;
  constructor(max: number, seen: Seen, gen: Gen) {
    this.max = max;
    this.seen = seen;
    this.gen = gen;
  }
  op(context: Context): Step {
    const seen = seenWith(this.seen, context.threads);
    // Counted before anyone is asked, and it never falls: once over, for ever over.
    if (seen.processes.size > this.max) return done;
    const step = this.gen.op(context);
    return step.kind === 'done' ? step : { ...step, next: this.#with(seen, step.next) };
  }
  update(context: Context, event: Op): Gen {
    return this.#with(this.seen, this.gen.update(context, event));
  }
  #with(seen: Seen, gen: Gen): Gen {
    return gen === this.gen && seen === this.seen ? this : new ProcessLimit(this.max, seen, gen);
  }
}

const seenWith = (seen: Seen, threads: Threads): Seen => {
  const { retirements } = threads;
  if (seen.retirements === retirements) return seen;
  const processes = new Set(seen.processes);
  for (const thread of threads.all()) processes.add(threads.processOf(thread) as RunProcess);
  return { processes, retirements };
};

/**
 * Ends when more than `max` processes could have taken part. A crash gives a thread a new process, so with n threads in
 * scope this allows `max` - n crashes, and bounds how many operations of unknown outcome a checker has to keep open.
 */
export const processLimit = (max: number, gen: GenLike): Gen =>
  wholeCount('processLimit', max) === 0
    ? finished
    : new ProcessLimit(max, { processes: new Set(), retirements: -1 }, lift(gen));
