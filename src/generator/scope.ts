// A narrowing of threads that a combinator carries along from one state to the next.
import type { Thread, ThreadFilter, Threads } from './generator.ts';

/** Remembers the last view, since a combinator is nearly always asked in the same scope. */
export class Scope {
  readonly filter: ThreadFilter;
  #outer: Threads | undefined;
  #inner: Threads | undefined;

  constructor(accepts: (thread: Thread, position: number) => boolean) {
    this.filter = { accepts };
  }

  of(outer: Threads): Threads {
    if (this.#inner !== undefined && this.#outer === outer) return this.#inner;
    const inner = outer.narrow(this.filter);
    this.#outer = outer;
    this.#inner = inner;
    return inner;
  }
}
