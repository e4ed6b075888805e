// Arrays of integers that grow: for edges and micro-operations whose number is not known beforehand.
import type { Scalar } from '../op.ts';

/** A list of 32-bit integers that doubles its room when it is full. */
export class Ints {
  items: Int32Array;
  length = 0;

  constructor(room = 1024) {
    this.items = new Int32Array(Math.max(room, 16));
  }

  push(item: number): void {
    if (this.length === this.items.length) this.items = grown(this.items, this.length + 1);
    this.items[this.length++] = item;
  }

  /** The items, without spare room; shares memory with the list. */
  view(): Int32Array {
    return this.items.subarray(0, this.length);
  }
}

/** A copy with at least twice the room, or as much as is needed. */
export const grown = (items: Int32Array, needed: number): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(Math.max(needed, items.length * 2, 16));
  larger.set(items);
  return larger;
};

/** Many small lists of integers in one array: thousands of arrays of their own would keep the collector busy. */
export class Arena {
  items: Int32Array;
  #end = 0;

  constructor(room = 1024) {
    this.items = new Int32Array(room);
  }

  /** Room for so many zeros; answers where it begins. */
  allot(room: number): number {
    const at = this.#end;
    this.#end += room;
    if (this.#end > this.items.length) this.items = grown(this.items, this.#end);
    return at;
  }

  /** More room for a list, which moves; answers where it begins now. */
  move(at: number, room: number, larger: number): number {
    const to = this.allot(larger);
    this.items.copyWithin(to, at, at + room);
    return to;
  }
}

const isInteger32 = (value: Scalar | null): value is number =>
  typeof value === 'number' && (value | 0) === value && !Object.is(value, -0);

/** A list of names and values, small integers among them kept as such. */
export class Values<V extends Scalar | null> {
  readonly #integers = new Ints();
  readonly #others = new Map<number, V>();

  get length(): number {
    return this.#integers.length;
  }

  push(value: V): void {
    if (isInteger32(value)) this.#integers.push(value);
    else {
      this.#others.set(this.length, value);
      this.#integers.push(0);
    }
  }

  at(place: number): V {
    if (this.#others.size > 0) {
      const other = this.#others.get(place);
      if (other !== undefined) return other;
    }
    return this.#integers.items[place]! as V;
  }
}
