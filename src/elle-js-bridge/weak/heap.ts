// The smallest of many ranked items: a heap, and a tournament in which ranks may change.

/** Numbered items, the one with the smallest rank first; an item's rank may only change while it is outside. */
export class Heap {
  readonly #items: number[] = [];
  readonly #ranks: Float64Array;

  constructor(ranks: Float64Array) {
    this.#ranks = ranks;
  }

  #less(a: number, b: number): boolean {
    return (
      (this.#ranks[this.#items[a] as number] as number) <
      (this.#ranks[this.#items[b] as number] as number)
    );
  }

  #swap(a: number, b: number): void {
    const item = this.#items[a] as number;
    this.#items[a] = this.#items[b] as number;
    this.#items[b] = item;
  }

  push(item: number): void {
    let at = this.#items.push(item) - 1;
    while (at > 0 && this.#less(at, (at - 1) >> 1)) {
      this.#swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }

  pop(): number {
    const top = this.#items[0];
    const last = this.#items.pop();
    if (top === undefined || last === undefined) return -1;
    if (this.#items.length > 0) this.#items[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= this.#items.length) return top;
      const child = left + 1 < this.#items.length && this.#less(left + 1, left) ? left + 1 : left;
      if (!this.#less(child, at)) return top;
      this.#swap(at, child);
      at = child;
    }
  }
}

/** A tournament of numbered items: ranks may change, the smallest is known at once. */
export class Winners {
  readonly #ranks: Float64Array;
  /** Winner of each match, the final at 1; the items themselves begin at `#leaves`. */
  readonly #winner: Int32Array;
  readonly #leaves: number;

  constructor(items: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(2, items)));
    this.#ranks = new Float64Array(this.#leaves).fill(Number.POSITIVE_INFINITY);
    this.#winner = new Int32Array(2 * this.#leaves);
    for (let item = 0; item < this.#leaves; item++) this.#winner[this.#leaves + item] = item;
    for (let match = this.#leaves - 1; match > 0; match--) this.#play(match);
  }

  #play(match: number): void {
    const [a, b] = [this.#winner[2 * match] as number, this.#winner[2 * match + 1] as number];
    this.#winner[match] = (this.#ranks[a] as number) <= (this.#ranks[b] as number) ? a : b;
  }

  /** Gives an item another rank; infinity takes it out. */
  set(item: number, rank: number): void {
    this.#ranks[item] = rank;
    for (let match = (this.#leaves + item) >> 1; match > 0; match >>= 1) this.#play(match);
  }

  /** The item with the smallest rank, or -1. */
  first(): number {
    const item = this.#winner[1] as number;
    return this.#ranks[item] === Number.POSITIVE_INFINITY ? -1 : item;
  }
}
