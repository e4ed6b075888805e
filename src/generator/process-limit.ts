// At most n different processes: bounds how wide a history gets for its checker.
import type { Op, Process } from '../history/op.ts';
import { wholeCount } from './duration.ts';
import { done, finished } from './finished.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

class ProcessLimit implements Gen {
  readonly max: number;
  readonly seen: ReadonlySet<Process>;
  readonly gen: Gen;
  constructor(max: number, seen: ReadonlySet<Process>, gen: Gen) {
    this.max = max;
    this.seen = seen;
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = this.gen.op(context);
    if (step.kind === 'done') return step;
    if (step.kind === 'pending') return { ...step, next: this.#with(step.next) };
    const seen = this.#seenWith(step.op.process);
    if (seen.size > this.max) return done;
    return { kind: 'op', op: step.op, next: new ProcessLimit(this.max, seen, step.next) };
  }
  update(context: Context, event: Op): Gen {
    return this.#with(this.gen.update(context, event));
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new ProcessLimit(this.max, this.seen, gen);
  }
  #seenWith(process: Process): ReadonlySet<Process> {
    return this.seen.has(process) ? this.seen : new Set(this.seen).add(process);
  }
}

/**
 * Ends when an operation would be the first of a process beyond the `max`th. A crash gives a thread a new process, so
 * this bounds how many operations of unknown outcome a checker has to keep open.
 */
export const processLimit = (max: number, gen: GenLike): Gen =>
  wholeCount('processLimit', max) === 0 ? finished : new ProcessLimit(max, new Set(), lift(gen));
