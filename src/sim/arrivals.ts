// Answers on their way, in the order in which they arrive.
import { assert } from '../base/assert.ts';
import type { Thread } from '../generator/generator.ts';
import type { Completion } from '../history/op.ts';

type Arrival = { readonly time: number; readonly order: number; readonly thread: Thread };
export type Due = Arrival & { readonly completion: Completion };

/** By time, then by order of dispatch: a binary heap. */
export class Arrivals {
  readonly #heap: Due[] = [];
  /** When the next one arrives (nanoseconds), Infinity when there is none. */
  get next(): number {
    return this.#heap[0]?.time ?? Number.POSITIVE_INFINITY;
  }
  add(due: Due): void {
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(due, heap[parent] as Due)) break;
      heap[at] = heap[parent] as Due;
      at = parent;
    }
    heap[at] = due;
  }
  take(): Due {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    assert(first !== undefined && last !== undefined, 'no arrival to take');
    if (heap.length > 0) this.#sink(last);
    return first;
  }
  #sink(due: Due): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Due, heap[child] as Due)) child++;
      if (isBefore(due, heap[child] as Due)) break;
      heap[at] = heap[child] as Due;
      at = child;
    }
    heap[at] = due;
  }
}

const isBefore = (a: Arrival, b: Arrival): boolean =>
  a.time < b.time || (a.time === b.time && a.order < b.order);
