// The configurations a search has been in: compact arrays, a hash table, and the way back to the start.

/** Growing columns, one row a configuration; a row is what is left to do, the state, and how it was reached. */
export class Visited {
  size = 0;
  frontier = new Int32Array(1024);
  state = new Int32Array(1024);
  /** Which lost operations took effect: a number of `LostSets`. */
  lost = new Int32Array(1024);
  parent = new Int32Array(1024);
  /** The operation that led here. */
  via = new Int32Array(1024);
  /** `words` numbers a row: the slots of operations done ahead of the frontier. */
  mask: Int32Array;
  readonly words: number;
  #chain = new Int32Array(1024);
  #heads = new Int32Array(2048).fill(-1);

  constructor(words: number) {
    this.words = words;
    this.mask = new Int32Array(1024 * words);
  }

  /** Bytes that a row takes, hash table included. */
  static bytesPerRow(words: number): number {
    return (6 + words + 2) * 4;
  }

  /** First row with these contents, whatever its lost operations; -1 when there is none. Go on with `sibling`. */
  find(frontier: number, state: number, mask: Int32Array): number {
    const bucket = this.#hash(frontier, state, mask, 0) & (this.#heads.length - 1);
    return this.#match(this.#heads[bucket] as number, frontier, state, mask);
  }

  /** The next row with the contents that `find` looked for. */
  sibling(row: number, mask: Int32Array): number {
    return this.#match(
      this.#chain[row] as number,
      this.frontier[row] as number,
      this.state[row] as number,
      mask,
    );
  }

  /** Appends a row. The caller has made sure that it is new. */
  add(row: {
    frontier: number;
    state: number;
    lost: number;
    parent: number;
    via: number;
    mask: Int32Array;
  }): number {
    if (this.size === this.state.length) this.#grow();
    const at = this.size++;
    this.frontier[at] = row.frontier;
    this.state[at] = row.state;
    this.lost[at] = row.lost;
    this.parent[at] = row.parent;
    this.via[at] = row.via;
    for (let i = 0; i < this.words; i++) this.mask[at * this.words + i] = row.mask[i] as number;
    this.#link(at);
    return at;
  }

  #match(first: number, frontier: number, state: number, mask: Int32Array): number {
    for (let row = first; row !== -1; row = this.#chain[row] as number)
      if (this.frontier[row] === frontier && this.state[row] === state && this.#hasMask(row, mask))
        return row;
    return -1;
  }

  #hasMask(row: number, mask: Int32Array): boolean {
    const base = row * this.words;
    for (let i = 0; i < this.words; i++) if (this.mask[base + i] !== mask[i]) return false;
    return true;
  }

  /** Mixing after MurmurHash3 (Appleby 2011). */
  #hash(frontier: number, state: number, mask: Int32Array, base: number): number {
    let h = Math.imul(frontier, 0x9e3779b1) ^ Math.imul(state + 1, 0x85ebca6b);
    for (let i = 0; i < this.words; i++) {
      h = Math.imul(h ^ (mask[base + i] as number), 0xcc9e2d51);
      h ^= h >>> 15;
    }
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  }

  #link(row: number): void {
    const h = this.#hash(
      this.frontier[row] as number,
      this.state[row] as number,
      this.mask,
      row * this.words,
    );
    const bucket = h & (this.#heads.length - 1);
    this.#chain[row] = this.#heads[bucket] as number;
    this.#heads[bucket] = row;
  }

  #grow(): void {
    const rows = this.state.length * 2;
    const grown = (old: Int32Array, length: number): Int32Array<ArrayBuffer> => {
      const bigger = new Int32Array(length);
      bigger.set(old);
      return bigger;
    };
    this.frontier = grown(this.frontier, rows);
    this.state = grown(this.state, rows);
    this.lost = grown(this.lost, rows);
    this.parent = grown(this.parent, rows);
    this.via = grown(this.via, rows);
    this.mask = grown(this.mask, rows * this.words);
    this.#chain = new Int32Array(rows);
    this.#heads = new Int32Array(rows * 2).fill(-1);
    for (let row = 0; row < this.size; row++) this.#link(row);
  }
}
