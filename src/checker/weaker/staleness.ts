// How old reads were, and whether the register was regular or at least safe (Lamport 1986, with several writers).
import { never } from '../linear/calls.ts';
import { isSure, isWritten, none, type Observed } from './observed.ts';

export type Freshness = {
  /** Each read returned the last write that had returned before it began, or one that overlapped with it. */
  readonly regular: boolean;
  /** Each read that overlapped with no write did. */
  readonly safe: boolean;
  /** No read was staler; in versions, and nanoseconds since the value had been overwritten. Undefined without a read. */
  readonly staleness: { readonly versions: number; readonly nanoseconds: number } | undefined;
};

/**
 * A read is stale by as many versions as were written, one after the other or side by side, entirely between the end of
 * the write of what it returned and its own beginning; and by the time since the first of these had ended.
 */
export const freshnessOf = (observed: Observed): Freshness => {
  const { accesses, part, writeStart, writeEnd } = observed;
  const writes = new Writes(observed);
  let [regular, safe, versions, nanoseconds, reads] = [true, true, 0, 0, 0];
  for (let place = 0; place < part.count; place++) {
    const value = accesses.reads[place] as number;
    if (value === none || !isSure(observed, place)) continue;
    const [start, end] = [part.start[place] as number, part.end[place] as number];
    writes.advance(start);
    const isImpossible = !isWritten(observed, value) || (writeStart[value] as number) > end;
    const behind = isImpossible ? 0 : writes.endedAfter(writeEnd[value] as number);
    if (isImpossible || behind > 0) {
      regular = false;
      if (!writes.overlaps(start, end)) safe = false;
    }
    if (isImpossible) continue;
    reads++;
    versions = Math.max(versions, behind);
    if (behind === 0) continue;
    const since = writes.firstEndAfter(writeEnd[value] as number);
    nanoseconds = Math.max(nanoseconds, part.timeAt(start) - part.timeAt(since));
  }
  return { regular, safe, staleness: reads === 0 ? undefined : { versions, nanoseconds } };
};

/** Writes in order of time, up to the beginning of a read. */
class Writes {
  /** Places in order of start, and in order of end. */
  readonly #byStart: Int32Array;
  readonly #byEnd: Int32Array;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  /** By rank of start: the least end from there on. */
  readonly #leastEnd: Int32Array;
  /** Up to a rank of start: the greatest end. */
  readonly #greatestEnd: Int32Array;
  /** Fenwick tree over ranks of start: writes that have ended. */
  readonly #ended: Int32Array;
  #next = 0;
  #count = 0;

  constructor({ accesses, part }: Observed) {
    this.#start = part.start;
    this.#end = part.end;
    const places: number[] = [];
    for (let place = 0; place < part.count; place++)
      if (accesses.writes[place] !== none) places.push(place);
    this.#byStart = Int32Array.from(places);
    const { length } = places;
    const rank = new Int32Array(part.count);
    for (let at = 0; at < length; at++) rank[places[at] as number] = at;
    this.#byEnd = this.#byStart
      .filter((place) => part.end[place] !== never)
      .sort((a, b) => (part.end[a] as number) - (part.end[b] as number))
      .map((place) => rank[place] as number);
    this.#leastEnd = new Int32Array(length + 1).fill(never);
    this.#greatestEnd = new Int32Array(length + 1).fill(-1);
    for (let at = length - 1; at >= 0; at--)
      this.#leastEnd[at] = Math.min(this.#leastEnd[at + 1] as number, this.#endAt(at));
    for (let at = 0; at < length; at++)
      this.#greatestEnd[at + 1] = Math.max(this.#greatestEnd[at] as number, this.#endAt(at));
    this.#ended = new Int32Array(length + 1);
  }

  #endAt(rank: number): number {
    return this.#end[this.#byStart[rank] as number] as number;
  }

  /** Takes note of all writes that had ended before a moment; moments must not go back. */
  advance(moment: number): void {
    for (; this.#next < this.#byEnd.length; this.#next++) {
      const rank = this.#byEnd[this.#next] as number;
      if (this.#endAt(rank) >= moment) return;
      this.#count++;
      for (let at = rank + 1; at < this.#ended.length; at += at & -at) this.#ended[at]!++;
    }
  }

  /** How many of those that have ended had begun after a moment. */
  endedAfter(moment: number): number {
    let before = 0;
    for (let at = this.#rankAfter(moment); at > 0; at -= at & -at)
      before += this.#ended[at] as number;
    return this.#count - before;
  }

  /** The first end among writes that began after a moment. */
  firstEndAfter(moment: number): number {
    return this.#leastEnd[this.#rankAfter(moment)] as number;
  }

  /** Whether a write that did not begin at `start` itself was going on at some time until `end`. */
  overlaps(start: number, end: number): boolean {
    return (
      (this.#greatestEnd[this.#rankAfter(start - 1)] as number) > start ||
      this.#rankAfter(end) > this.#rankAfter(start)
    );
  }

  /** How many writes began at a moment or before. */
  #rankAfter(moment: number): number {
    let low = 0;
    let high = this.#byStart.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#start[this.#byStart[middle] as number] as number) <= moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
