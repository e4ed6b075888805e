// The lists of one key as they are read: the longest one kept whole, every prefix of it kept as a length only.
import { grown, Ints } from '../history/growable.ts';
import { Naming } from '../history/naming.ts';
import type { Scalar } from '../op.ts';

/** A read in the column of values: a length ≥ 0 of the key's trunk, `nilRead`, or `oddBase - id` of an odd list. */
export const nilRead = -1;
export const oddBase = -2;

/** Elements of all keys, numbered from 0 in the order in which they are met. */
export class Elements {
  readonly value: Scalar[] = [];
  readonly key = new Ints();

  add(key: number, value: Scalar): number {
    this.value.push(value);
    this.key.push(key);
    return this.value.length - 1;
  }
}

/** What is known of one key while the history is read. */
export class KeyLists {
  readonly key: number;
  readonly #elements: Elements;
  readonly #naming = new Naming();
  /** The longest list read so far that extends the ones before it: values, and element numbers. */
  readonly values: Scalar[] = [];
  #trunk: Int32Array = new Int32Array(16);
  /** Where (micro-operation) the trunk was first read at its present length. */
  trunkSeenAt = 0;
  /** Lists that are no prefix of the trunk were read. */
  hasOdd = false;

  constructor(key: number, elements: Elements) {
    this.key = key;
    this.#elements = elements;
  }

  get trunk(): Int32Array {
    return this.#trunk.subarray(0, this.values.length);
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
    const values = this.values;
    const end = Math.min(list.length, values.length);
    let at = 0;
    while (at < end && list[at] === values[at]) at++;
    return at;
  }

  /** The same for a part of a column. */
  commonWithColumn(elements: Int32Array, from: number, to: number): number {
    const values = this.values;
    const end = Math.min(to - from, values.length);
    let at = 0;
    while (at < end && elements[from + at] === values[at]) at++;
    return at;
  }

  extend(value: Scalar): void {
    const at = this.values.length;
    if (at === this.#trunk.length) this.#trunk = grown(this.#trunk, at + 1);
    this.#trunk[at] = this.element(value);
    this.values.push(value);
  }

  /** Puts another list in the trunk's place. */
  replaceTrunk(list: Int32Array): void {
    this.#trunk = list.slice();
    this.values.length = 0;
    for (const element of list) this.values.push(this.#elements.value[element]!);
  }
}
