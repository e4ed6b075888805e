// Which values were being put at a moment: in slots, so that looking them up takes as long as there are concurrent puts.
import { never } from './calls.ts';
import type { Lives } from './lifetimes.ts';
import { sortedBy } from './sorted-by.ts';

/** The values of `present`; those of one slot are never put at the same time. */
export class OpenPuts {
  readonly #lives: Lives;
  readonly #slots: readonly Int32Array[];
  readonly #removed: Uint8Array;

  constructor(lives: Lives, present: Int32Array) {
    this.#lives = lives;
    this.#removed = new Uint8Array(lives.putStart.length);
    this.#slots = slotsOf(lives, present);
  }

  remove(value: number): void {
    this.#removed[value] = 1;
  }

  isRemoved(value: number): boolean {
    return this.#removed[value] === 1;
  }

  /**
   * A value inside for all of a stretch of time that can be put before everything else in it and taken after; −1 without.
   * Something must have been put by `first`, and begun to be taken at `last`.
   */
  spanning(first: number, last: number): number {
    const { putEnd, takeEnd } = this.#lives;
    for (const slot of this.#slots) {
      const value = this.#before(slot, first);
      if (value === -1 || this.#removed[value] === 1) continue;
      const end = putEnd[value] as number;
      const taken = takeEnd[value] as number;
      if (end >= first && end < last && (taken === never || taken > last)) return value;
    }
    return -1;
  }

  /** The last value of a slot whose putting began before a moment. */
  #before(slot: Int32Array, moment: number): number {
    const { putStart } = this.#lives;
    let low = 0;
    let high = slot.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((putStart[slot[middle] as number] as number) < moment) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? -1 : (slot[low - 1] as number);
  }
}

/** Values by slot, in order; a slot is free again when the put in it has returned. */
const slotsOf = ({ putStart, putEnd, span }: Lives, present: Int32Array): Int32Array[] => {
  const slots: number[][] = [];
  const slotEndingAt = new Int32Array(span + 1).fill(-1);
  const free: number[] = [];
  let passed = 0;
  for (const value of sortedBy(present, putStart)) {
    for (; passed < (putStart[value] as number); passed++) {
      const slot = slotEndingAt[passed] as number;
      if (slot !== -1) free.push(slot);
    }
    const slot = free.pop() ?? slots.push([]) - 1;
    slots[slot]?.push(value);
    slotEndingAt[putEnd[value] as number] = slot;
  }
  return slots.map((slot) => Int32Array.from(slot));
};
