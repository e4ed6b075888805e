// Least first: a value that was taken although a smaller one was there at every moment at which that may have happened.
import { never } from './calls.ts';
import { coverOf, presentOf } from './cover.ts';
import type { Clash, Lifetimes, Lives } from './lifetimes.ts';
import { canonical } from './model.ts';

/**
 * Goes through the values from the least to the greatest. Each needs a moment to be taken at which nothing smaller is
 * certainly there; all such moments can be free of smaller values in one and the same order, so what the smaller ones do
 * is no matter otherwise (the greatest value never hinders the others).
 */
export const findEarlyTake = (
  lives: Lives,
  { contents, container }: Lifetimes,
): Clash | undefined => {
  const { values, putStart, putEnd, takeStart, takeEnd, span } = lives;
  const compare = container.compare ?? byText;
  const ordered = values.slice().sort((a, b) => compare(contents[a], contents[b]));
  const free = new FreeMoments(span);
  for (let at = 0; at < ordered.length; at++) {
    const value = ordered[at] as number;
    const from = Math.max(takeStart[value] as number, putStart[value] as number);
    const to = takeEnd[value] as number;
    if (to !== never && free.from(from) >= to) {
      const smaller = { ...lives, values: ordered.subarray(0, at) };
      return { values: [value, ...(coverOf(lives, presentOf(smaller), [from, to]) ?? [])] };
    }
    const [begins, ends] = [putEnd[value] as number, takeStart[value] as number];
    if (begins < ends) free.fill(begins, ends);
  }
  return undefined;
};

const byText = (a: unknown, b: unknown): number => (canonical(a) < canonical(b) ? -1 : 1);

/** Moments between one event and the next, by the event before; a moment that is not free stays so. */
class FreeMoments {
  /** By moment: a later one or itself, on the way to the first free one (union-find). */
  readonly #next: Int32Array;

  constructor(span: number) {
    this.#next = Int32Array.from({ length: span + 2 }, (_, at) => at);
  }

  /** The first free moment, not before `moment`. */
  from(moment: number): number {
    const next = this.#next;
    let at = Math.max(0, moment + 1);
    while (next[at] !== at) {
      next[at] = next[next[at] as number] as number;
      at = next[at] as number;
    }
    return at - 1;
  }

  fill(from: number, to: number): void {
    const end = Math.min(to, this.#next.length - 2);
    for (let at = this.from(from); at < end; at = this.from(at)) this.#next[at + 1] = at + 2;
  }
}
