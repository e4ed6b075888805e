// Numbers for values: equal values have equal numbers; small whole numbers are looked up without hashing.
import { canonical } from './model.ts';

/** Numbers from 0 in order of first appearance; 0 is the value given first. */
export class ValueIds {
  size = 0;
  /** By whole number: its number + 1. */
  readonly #direct: Int32Array;
  readonly #others = new Map<string | number, number>();

  /** `expected` values, roughly: whole numbers up to twice as large need no hashing. */
  constructor(expected: number, first: unknown) {
    this.#direct = new Int32Array(2 * expected + 64);
    this.of(first);
  }

  of(value: unknown): number {
    if (typeof value === 'number' && value >= 0 && value < this.#direct.length) {
      const known = this.#direct[value];
      if (known !== undefined && known !== 0) return known - 1;
      if (known === 0) {
        this.#direct[value] = this.size + 1;
        return this.size++;
      }
    }
    const text = canonical(value);
    const known = this.#others.get(text);
    if (known !== undefined) return known;
    this.#others.set(text, this.size);
    return this.size++;
  }
}
