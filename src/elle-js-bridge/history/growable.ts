// Arrays of integers that grow: for edges and micro-operations whose number is not known beforehand.

/** A list of 32-bit integers that doubles its room when it is full. */
export class Ints {
  items: Int32Array;
  length = 0;

  constructor(room = 1024) {
    this.items = new Int32Array(room);
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
