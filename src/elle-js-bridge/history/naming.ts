// Gives keys and values small numbers: arrays where names are small whole numbers, maps elsewhere.
import type { Scalar } from '../op.ts';
import { grown } from './growable.ts';

const smallestRoom = 16;
/** Whole numbers up to this many times the number of names live in an array; others in a map. */
const sparseness = 4;
const alwaysDense = 1024;

/** From names to numbers that the caller hands out. */
export class Naming {
  #dense: Int32Array = new Int32Array(smallestRoom);
  #others: Map<Scalar, number> | undefined;
  #count = 0;

  /** The number of a name, or −1. */
  get(name: Scalar): number {
    if (typeof name === 'number' && name >= 0 && name < this.#dense.length) {
      const found = this.#dense[name];
      if (found !== undefined && found > 0) return found - 1;
    }
    return this.#others?.get(name) ?? -1;
  }

  set(name: Scalar, number: number): void {
    this.#count++;
    if (typeof name === 'number' && this.#fits(name)) {
      if (name >= this.#dense.length) this.#dense = grown(this.#dense, name + 1);
      this.#dense[name] = number + 1;
      return;
    }
    this.#others ??= new Map();
    this.#others.set(name, number);
  }

  #fits(name: number): boolean {
    return (
      Number.isInteger(name) &&
      name >= 0 &&
      name < Math.max(alwaysDense, sparseness * this.#count) &&
      !Object.is(name, -0)
    );
  }
}
