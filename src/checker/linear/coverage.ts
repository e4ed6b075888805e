// How many stretches cover each moment: a segment tree with lazy addition that finds the next covered or free moment.

/** Moments 0 … length − 1. Every operation takes time in proportion to the logarithm of the length. */
export class Coverage {
  readonly #size: number;
  readonly #least: Int32Array;
  readonly #most: Int32Array;
  /** What was added to a whole subtree. */
  readonly #added: Int32Array;

  constructor(length: number) {
    this.#size = 2 ** Math.ceil(Math.log2(Math.max(2, length)));
    this.#least = new Int32Array(2 * this.#size);
    this.#most = new Int32Array(2 * this.#size);
    this.#added = new Int32Array(2 * this.#size);
  }

  /** Adds to the moments from `from` to `to` − 1. */
  add(from: number, to: number, amount: number): void {
    const leaves = this.#size;
    let low = from + leaves;
    let high = to + leaves;
    for (; low < high; low >>= 1, high >>= 1) {
      if ((low & 1) === 1) this.#apply(low++, amount);
      if ((high & 1) === 1) this.#apply(--high, amount);
    }
    this.#rebuild(from + leaves);
    this.#rebuild(to - 1 + leaves);
  }

  #apply(node: number, amount: number): void {
    this.#least[node]! += amount;
    this.#most[node]! += amount;
    this.#added[node]! += amount;
  }

  #rebuild(leaf: number): void {
    for (let node = leaf >> 1; node >= 1; node >>= 1) {
      const added = this.#added[node] as number;
      const left = 2 * node;
      this.#least[node] =
        Math.min(this.#least[left] as number, this.#least[left + 1] as number) + added;
      this.#most[node] =
        Math.max(this.#most[left] as number, this.#most[left + 1] as number) + added;
    }
  }

  /** The first moment, not before `from`, that something covers; the number of moments or more when there is none. */
  firstCovered(from: number): number {
    return this.#first(from, (node, added) => (this.#most[node] as number) + added > 0);
  }

  /** The first moment, not before `from`, that nothing covers; the number of moments or more when there is none. */
  firstFree(from: number): number {
    return this.#first(from, (node, added) => (this.#least[node] as number) + added === 0);
  }

  /** `has` tells whether some moment under a node is wanted, given what was added above it. */
  #first(from: number, has: (node: number, added: number) => boolean): number {
    let node = from + this.#size;
    for (;;) {
      if (has(node, this.#above(node))) break;
      // To the right neighbour of the nearest ancestor that is a left child.
      while ((node & 1) === 1) {
        node >>= 1;
        if (node <= 1) return this.#size;
      }
      node++;
    }
    let added = this.#above(node);
    while (node < this.#size) {
      added += this.#added[node] as number;
      node *= 2;
      if (!has(node, added)) node++;
    }
    return node - this.#size;
  }

  #above(node: number): number {
    let sum = 0;
    for (let up = node >> 1; up >= 1; up >>= 1) sum += this.#added[up] as number;
    return sum;
  }
}
