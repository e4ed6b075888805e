// Multisets of lost operations (outcome unknown) that took effect, each with a number; equal ones share it.

/** Number 0 is the empty one. A multiset is a sorted array of lost classes, with repetition. */
export class LostSets {
  readonly #sets: Int32Array[] = [new Int32Array(0)];
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #added = new Map<number, number>();
  readonly #classes: number;
  /** Elements held in all sets together: what memory they need. */
  elements = 0;

  constructor(classes: number) {
    this.#classes = classes;
  }

  /** The multiset with one more of this class. */
  add(set: number, lostClass: number): number {
    const step = set * this.#classes + lostClass;
    const known = this.#added.get(step);
    if (known !== undefined) return known;
    const before = this.#elements(set);
    const elements = new Int32Array(before.length + 1);
    elements.set(before);
    elements[before.length] = lostClass;
    elements.sort();
    const text = elements.join();
    const id = this.#ids.get(text) ?? this.#sets.push(elements) - 1;
    if (!this.#ids.has(text)) this.elements += elements.length;
    this.#ids.set(text, id);
    this.#added.set(step, id);
    return id;
  }

  /** How many of a class the multiset holds. */
  count(set: number, lostClass: number): number {
    let count = 0;
    for (const element of this.#elements(set)) if (element === lostClass) count++;
    return count;
  }

  /** True when everything in `a` is in `b`, as often. */
  isWithin(a: number, b: number): boolean {
    if (a === b || a === 0) return true;
    const small = this.#elements(a);
    const large = this.#elements(b);
    if (small.length >= large.length) return false;
    let at = 0;
    for (const element of small) {
      while (at < large.length && (large[at] as number) < element) at++;
      if (at === large.length || large[at++] !== element) return false;
    }
    return true;
  }

  #elements(set: number): Int32Array {
    return this.#sets[set] as Int32Array;
  }
}
