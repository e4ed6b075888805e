// Growable and hashed columns of 32-bit integers: what keeps a million micro-operations out of the object heap.

/** A growable column of 32-bit integers. */
export class Ints {
  #data: Int32Array;
  #length = 0;

  constructor(capacity = 1024) {
    this.#data = new Int32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const wider = new Int32Array(this.#data.length * 2);
      wider.set(this.#data);
      this.#data = wider;
    }
    this.#data[this.#length++] = value;
  }

  at(index: number): number {
    return this.#data[index] as number;
  }

  set(index: number, value: number): void {
    this.#data[index] = value;
  }

  pop(): number {
    return this.#data[--this.#length] as number;
  }

  /** The values so far, sharing memory: valid until the next push. */
  view(): Int32Array {
    return this.#data.subarray(0, this.#length);
  }
}

const mix = (a: number, b: number): number => {
  const h = Math.imul(a ^ Math.imul(b, 0x85ebca6b), 0x9e3779b1);
  return h ^ (h >>> 15);
};

/** A map from pairs of integers to dense numbers from 0, by open addressing. */
export class PairTable {
  #first: Int32Array;
  #second: Int32Array;
  #slots: Int32Array; // id + 1, 0 = free
  #mask: number;
  #size = 0;

  constructor(expected = 1024) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
    this.#first = new Int32Array(slots);
    this.#second = new Int32Array(slots);
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of the pair, or -1. */
  find(first: number, second: number): number {
    for (let at = mix(first, second) & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = this.#slots[at] as number;
      if (slot === 0) return -1;
      if (this.#first[at] === first && this.#second[at] === second) return slot - 1;
    }
  }

  /** Adds a pair that is not there yet, and answers its number. */
  add(first: number, second: number): number {
    if ((this.#size + 1) * 2 > this.#slots.length) this.#grow();
    this.#place(first, second, ++this.#size);
    return this.#size - 1;
  }

  #place(first: number, second: number, slot: number): void {
    let at = mix(first, second) & this.#mask;
    while (this.#slots[at] !== 0) at = (at + 1) & this.#mask;
    this.#first[at] = first;
    this.#second[at] = second;
    this.#slots[at] = slot;
  }

  #grow(): void {
    const [first, second, slots] = [this.#first, this.#second, this.#slots];
    this.#first = new Int32Array(first.length * 2);
    this.#second = new Int32Array(first.length * 2);
    this.#slots = new Int32Array(first.length * 2);
    this.#mask = first.length * 2 - 1;
    for (let at = 0; at < slots.length; at++)
      if (slots[at] !== 0)
        this.#place(first[at] as number, second[at] as number, slots[at] as number);
  }
}

/** Numbers arbitrary keys and values: small whole numbers stand for themselves where `direct` says so. */
export class Interner {
  readonly names: unknown[] = [];
  readonly #numbers = new Map<unknown, number>();

  /** The number of a name, given on first sight. */
  number(name: unknown): number {
    const primitive = typeof name === 'object' && name !== null ? JSON.stringify(name) : name;
    const known = this.#numbers.get(primitive);
    if (known !== undefined) return known;
    this.#numbers.set(primitive, this.names.length);
    this.names.push(name);
    return this.names.length - 1;
  }
}
