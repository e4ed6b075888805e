// The lists of one key as they are read: the longest one kept whole, every prefix of it kept as a length only.
import { Arena, Ints, Values } from '../history/growable.ts';
import { Naming } from '../history/naming.ts';
import type { Scalar } from '../op.ts';

/** A read in the column of values: a length ≥ 0 of the key's trunk, `nilRead`, or `oddBase - id` of an odd list. */
export const nilRead = -1;
export const oddBase = -2;

const smallestRoom = 8;

/** Elements of all keys, numbered from 0 in the order in which they are met. */
export class Elements {
  readonly value = new Values<Scalar>();
  readonly key = new Ints();
  readonly names = new Arena();
  /** Trunks of all keys: elements, and the same as values where these are 32-bit integers. */
  readonly trunks = new Arena();
  readonly integers = new Arena();

  add(key: number, value: Scalar): number {
    this.value.push(value);
    this.key.push(key);
    return this.key.length - 1;
  }
}

/** What is known of one key while the history is read. */
export class KeyLists {
  readonly key: number;
  readonly #elements: Elements;
  readonly #naming: Naming;
  /** Where the trunk stands: the longest list read so far that extends the ones before it. */
  #at = 0;
  #room = 0;
  length = 0;
  #isIntegers = true;
  /** Where (micro-operation) the trunk was first read at its present length. */
  trunkSeenAt = 0;

  constructor(key: number, elements: Elements) {
    this.key = key;
    this.#elements = elements;
    this.#naming = new Naming(elements.names);
  }

  /** The trunk as elements. */
  get trunk(): Int32Array {
    return this.#elements.trunks.items.subarray(this.#at, this.#at + this.length);
  }

  element(value: Scalar): number {
    const known = this.#naming.get(value);
    if (known >= 0) return known;
    const added = this.#elements.add(this.key, value);
    this.#naming.set(value, added);
    return added;
  }

  /** How many elements of the list agree with the trunk from its start. */
  commonWith(list: ArrayLike<Scalar>): number {
    if (!this.#isIntegers) return this.#commonByElements(list);
    const integers = this.#elements.integers.items;
    const end = Math.min(list.length, this.length);
    const offset = this.#at;
    let at = 0;
    while (at < end && list[at] === integers[offset + at]) at++;
    return at;
  }

  #commonByElements(list: ArrayLike<Scalar>): number {
    const { trunk } = this;
    const end = Math.min(list.length, this.length);
    let at = 0;
    while (at < end && list[at] === this.#elements.value.at(trunk[at]!)) at++;
    return at;
  }

  /** The same for a part of a column. */
  commonWithColumn(column: Int32Array, from: number, to: number): number {
    const integers = this.#elements.integers.items;
    const end = from + Math.min(to - from, this.length);
    const offset = this.#at - from;
    let at = from;
    while (at < end && column[at] === integers[offset + at]) at++;
    return at - from;
  }

  extend(value: Scalar): void {
    this.#append(this.element(value));
  }

  #append(element: number): void {
    if (this.length === this.#room) this.#grow();
    const value = this.#elements.value.at(element);
    const at = this.#at + this.length++;
    this.#elements.trunks.items[at] = element;
    // Assigning anything but a number would convert it, or throw.
    this.#elements.integers.items[at] = typeof value === 'number' ? value : 0;
    if (this.#elements.integers.items[at] !== value) this.#isIntegers = false;
  }

  #grow(): void {
    const room = Math.max(smallestRoom, this.#room * 2);
    const { trunks, integers } = this.#elements;
    const at = trunks.move(this.#at, this.#room, room);
    integers.move(this.#at, this.#room, room);
    this.#at = at;
    this.#room = room;
  }

  /** Puts another list in the trunk's place. */
  replaceTrunk(list: Int32Array): void {
    const elements = list.slice();
    this.length = 0;
    for (const element of elements) this.#append(element);
  }
}
