// Gives keys and values small numbers: arrays where names are small whole numbers, maps elsewhere.
import type { Scalar } from '../op.ts';
import { Arena } from './growable.ts';

const smallestRoom = 8;
/** Whole numbers up to this many times the number of names live in an array; others in a map. */
const sparseness = 4;
const alwaysDense = 1024;

const exactly = (_: string, part: unknown): unknown =>
  typeof part === 'bigint' ? `${part}n` : part;

/** Vectors and maps, which EDN and JSON allow as names, are the same when they are written the same. */
const plain = (name: Scalar): Scalar =>
  typeof name === 'object' && name !== null ? `\u0000${JSON.stringify(name, exactly)}` : name;

/** From names to numbers that the caller hands out. */
export class Naming {
  readonly #arena: Arena;
  #at = 0;
  #room = 0;
  #others: Map<Scalar, number> | undefined;
  #count = 0;

  constructor(arena = new Arena(smallestRoom)) {
    this.#arena = arena;
  }

  /** The number of a name, or −1. */
  get(name: Scalar): number {
    if (typeof name === 'number' && name >= 0 && name < this.#room) {
      const found = this.#arena.items[this.#at + name];
      if (found !== undefined && found > 0) return found - 1;
    }
    return this.#others?.get(plain(name)) ?? -1;
  }

  set(name: Scalar, number: number): void {
    this.#count++;
    if (typeof name === 'number' && this.#fits(name)) {
      if (name >= this.#room) this.#grow(name + 1);
      this.#arena.items[this.#at + name] = number + 1;
      return;
    }
    this.#others ??= new Map();
    this.#others.set(plain(name), number);
  }

  #grow(needed: number): void {
    const room = Math.max(needed, smallestRoom, this.#room * 2);
    this.#at = this.#arena.move(this.#at, this.#room, room);
    this.#room = room;
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
