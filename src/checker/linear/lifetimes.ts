// When each value of a queue, stack or bag was put and taken: what the engines for containers with unique values read.
import { never } from './calls.ts';
import type { Container, Model } from './model.ts';
import { sortedBy } from './sorted-by.ts';
import type { Strand } from './strand.ts';
import { ValueIds } from './value-ids.ts';

const none = -1;
const twice = -2;

/** Values of which it is clear at a moment that they were in the container, by number, with moments by value. */
export type Lives = {
  /** In the order in which putting them began. */
  readonly values: Int32Array;
  readonly putStart: Int32Array;
  /** The latest moment at which it was put; what was taken was put by then. */
  readonly putEnd: Int32Array;
  /** `never` when nobody took it. */
  readonly takeStart: Int32Array;
  readonly takeEnd: Int32Array;
  /** Places of calls that certainly found nothing. */
  readonly empties: Int32Array;
  /** Later than any moment but `never`. */
  readonly span: number;
};

/** Values and calls that no order explains. */
export type Clash = {
  readonly values: readonly number[];
  /** Places. */
  readonly calls?: readonly number[];
  readonly empties?: readonly number[];
};

/** Who put and who took each value. */
export class Lifetimes {
  readonly container: Container;
  /** By value: what it is. */
  readonly contents: readonly unknown[];
  readonly #strand: Strand;
  /** Moments by place: positions, or their ranks when positions are far apart. */
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #span: number;
  readonly #put: Int32Array;
  readonly #take: Int32Array;
  /** Values that several took: by all of them. */
  readonly #others: ReadonlyMap<number, readonly number[]>;
  readonly #empties: readonly number[];

  private constructor(strand: Strand, container: Container, found: Found) {
    this.container = container;
    this.contents = found.contents;
    this.#strand = strand;
    this.#put = found.put;
    this.#take = found.take;
    this.#others = found.others;
    this.#empties = found.empties;
    const { start, end, span } = momentsOf(strand);
    this.#start = start;
    this.#end = end;
    this.#span = span;
  }

  /** Undefined when a value is put twice, when it is unknown what somebody took, or when the model is no container. */
  static of<S>(model: Model<S>, strand: Strand): Lifetimes | undefined {
    const { container } = model;
    const found = container && gather(container, strand);
    return found && new Lifetimes(strand, container, found);
  }

  /** What is certain at a moment (a position of the history), or what is plainly wrong. */
  at(horizon: number): Lives | Clash {
    const size = this.#put.length;
    const moments = (): Int32Array => new Int32Array(size);
    const [putStart, putEnd, takeStart, takeEnd] = [moments(), moments(), moments(), moments()];
    const values = new Int32Array(size);
    let count = 0;
    for (let value = 0; value < size; value++) {
      const put = this.#put[value] as number;
      const take = this.#takeOf(value, horizon);
      if (take === twice) return { values: [], calls: this.#firstTwo(value, horizon) };
      const isTaken = take !== none && this.#isSure(take, horizon);
      if (isTaken && (put === none || !this.#isBefore(put, take))) return { values: [value] };
      if (put === none || (!isTaken && !this.#isSure(put, horizon))) continue;
      const taken = isTaken ? (this.#end[take] as number) : never;
      const done = this.#isReturned(put, horizon) ? (this.#end[put] as number) : never;
      putStart[value] = this.#start[put] as number;
      putEnd[value] = Math.min(done, taken);
      takeStart[value] = take === none ? never : (this.#start[take] as number);
      takeEnd[value] = taken;
      values[count++] = value;
    }
    const empties = this.#empties.filter((place) => this.#isSure(place, horizon));
    return {
      values: sortedBy(values.subarray(0, count), putStart),
      putStart,
      putEnd,
      takeStart,
      takeEnd,
      empties: Int32Array.from(empties),
      span: this.#span,
    };
  }

  /** Start and end of a call that found nothing. */
  boundsOf(place: number): readonly [start: number, end: number] {
    return [this.#start[place] as number, this.#end[place] as number];
  }

  /** Places of the calls that a clash is about, ascending. */
  placesOf({ values, calls: others = [], empties = [] }: Clash): number[] {
    const calls = values.flatMap((value) => [
      this.#put[value] as number,
      ...(this.#others.get(value) ?? [this.#take[value] as number]),
    ]);
    return [...new Set([...calls, ...others, ...empties])]
      .filter((at) => at >= 0)
      .sort((a, b) => a - b);
  }

  /** Who put a value that was taken twice, and the first two who had taken it. */
  #firstTwo(value: number, horizon: number): number[] {
    const { end } = this.#strand;
    const sure = (this.#others.get(value) ?? []).filter((place) => this.#isSure(place, horizon));
    sure.sort((a, b) => (end[a] as number) - (end[b] as number));
    return [this.#put[value] as number, ...sure.slice(0, 2)];
  }

  /** Who took a value: for certain, or else perhaps. */
  #takeOf(value: number, horizon: number): number {
    const others = this.#others.get(value);
    if (others === undefined) return this.#take[value] as number;
    const sure = others.filter((place) => this.#isSure(place, horizon));
    return sure.length > 1 ? twice : (sure[0] ?? others[0] ?? none);
  }

  #isBefore(put: number, take: number): boolean {
    return (this.#strand.start[put] as number) < (this.#strand.end[take] as number);
  }

  #isReturned(place: number, horizon: number): boolean {
    return (this.#strand.end[place] as number) <= horizon;
  }

  #isSure(place: number, horizon: number): boolean {
    return this.#strand.optional[place] === 0 && this.#isReturned(place, horizon);
  }
}

type Found = {
  readonly contents: readonly unknown[];
  readonly put: Int32Array;
  readonly take: Int32Array;
  readonly others: ReadonlyMap<number, readonly number[]>;
  readonly empties: readonly number[];
};

const gather = (container: Container, strand: Strand): Found | undefined => {
  const ids = new ValueIds(strand.count, undefined);
  const contents: unknown[] = [undefined];
  const put = new Int32Array(strand.count + 1).fill(none);
  const take = new Int32Array(strand.count + 1).fill(none);
  const others = new Map<number, number[]>();
  const empties: number[] = [];
  for (let place = 0; place < strand.count; place++) {
    const { f, type, value } = strand.opAt(place);
    const isOptional = strand.optional[place] === 1;
    if (f === container.take) {
      if (type === 'info' || (isOptional && strand.end[place] !== never)) return undefined;
      if (value === null) {
        empties.push(place);
        continue;
      }
      const id = ids.of(value);
      contents[id] = value;
      const first = take[id] as number;
      if (first === none) take[id] = place;
      else (others.get(id) ?? begun(others, id, first)).push(place);
    } else {
      const id = ids.of(value);
      contents[id] = value;
      if (value === null || put[id] !== none) return undefined;
      put[id] = place;
    }
  }
  return { contents, put: put.slice(0, ids.size), take, others, empties };
};

const begun = (others: Map<number, number[]>, id: number, first: number): number[] => {
  const places = [first];
  others.set(id, places);
  return places;
};

/** Positions much farther apart than there are calls would waste memory. */
const spanPerCall = 8;

const momentsOf = ({ count, start, end }: Strand) => {
  let last = 0;
  for (let place = 0; place < count; place++) {
    const at = end[place] as number;
    last = Math.max(last, start[place] as number, at === never ? 0 : at);
  }
  // Calls at large begin at −1, before everything.
  if (last < spanPerCall * count + 64) return { start, end, span: last + 1 };
  const all = new Int32Array(2 * count);
  all.set(start);
  all.set(end, count);
  const ranks = new Map<number, number>();
  for (const at of all.sort()) if (!ranks.has(at)) ranks.set(at, ranks.size);
  const rank = (at: number): number => (at === never ? never : (ranks.get(at) as number));
  return { start: start.map(rank), end: end.map(rank), span: ranks.size + 1 };
};
