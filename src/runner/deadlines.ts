// When the operations under way have to be answered.
import type { Thread } from '../generator/generator.ts';
import { isNemesis, type ThreadPool } from '../generator/threads.ts';

export type DeadlineOptions = {
  readonly pool: ThreadPool;
  readonly deadlineMs: number;
  readonly nemesisDeadlineMs: number;
};

/** One a thread, in nanoseconds since the run began. No timer an operation: whoever waits looks at `next`. */
export class Deadlines {
  readonly #options: DeadlineOptions;
  readonly #at: Float64Array;
  #next = Number.POSITIVE_INFINITY;

  constructor(options: DeadlineOptions) {
    this.#options = options;
    this.#at = new Float64Array(options.pool.slots).fill(Number.POSITIVE_INFINITY);
  }

  /** Nothing expires before this time. */
  get next(): number {
    return this.#next;
  }

  msOf(thread: Thread): number {
    return isNemesis(thread) ? this.#options.nemesisDeadlineMs : this.#options.deadlineMs;
  }

  begin(thread: Thread, time: number): void {
    const at = time + this.msOf(thread) * 1e6;
    this.#at[this.#slotOf(thread)] = at;
    if (at < this.#next) this.#next = at;
  }

  end(thread: Thread): void {
    this.#at[this.#slotOf(thread)] = Number.POSITIVE_INFINITY;
  }

  /** Threads whose operation is late; looks for the next deadline at the same time. */
  expired(now: number): readonly Thread[] {
    const late: Thread[] = [];
    this.#next = Number.POSITIVE_INFINITY;
    for (const [slot, at] of this.#at.entries()) {
      if (at <= now) late.push(this.#options.pool.threadAt(slot));
      else if (at < this.#next) this.#next = at;
    }
    return late;
  }

  #slotOf(thread: Thread): number {
    return this.#options.pool.slotOf(thread);
  }
}
