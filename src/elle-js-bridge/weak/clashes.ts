// Chains of each key in the current order, and the earliest two neighbours that the order does not explain.
import { Winners } from './heap.ts';
import { beginOf, commitOf, type Polygraph, txnOfVertex } from './polygraph.ts';

/** Two chains of a key that the order intertwines, the one that begins first named first. */
export type Clash = readonly [first: number, second: number];

/**
 * Follows the order of a polygraph's vertices as it changes. Looks again only at stretches in which something moved,
 * and hands out clashes from the earliest on: so that a search settles a history from its beginning.
 */
export class Clashes {
  /** Chains and readers looked at: the measure of work. */
  work = 0;
  readonly #graph: Polygraph;
  readonly #rank: Int32Array;
  /** Per key its chains by rank, without that of the initial state. */
  readonly #sorted: Int32Array[];
  /** Per key the ranks between which something moved since it was looked at; empty if low > high. */
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #dirty: number[] = [];
  /** Per key the place of its first clash: -1 if it has none, -2 if nobody looked. */
  readonly #clashAt: Int32Array;
  readonly #earliest: Winners;

  constructor(graph: Polygraph, rank: Int32Array) {
    this.#graph = graph;
    this.#rank = rank;
    const keys = graph.chains.ofKey.length;
    this.#sorted = graph.chains.ofKey.map((chains) =>
      Int32Array.from(chains.slice(1)).sort((a, b) => this.#begins(a) - this.#begins(b)),
    );
    this.#low = new Int32Array(keys).fill(-1);
    this.#high = new Int32Array(keys).fill(rank.length);
    this.#clashAt = new Int32Array(keys).fill(-2);
    this.#earliest = new Winners(keys);
    for (let key = 0; key < keys; key++) this.#dirty.push(key);
  }

  /** A vertex moved, with others between two ranks: the keys of its transaction have to be looked at again there. */
  moved(vertex: number, low: number, high: number): void {
    const { txns, snapshot } = this.#graph;
    const txn = txnOfVertex(txns, snapshot, vertex);
    if (txn < 1) return;
    for (let i = txns.keyStart[txn] as number; i < (txns.keyStart[txn + 1] as number); i++)
      this.#soil(txns.writtenKey[i] as number, low, high);
    for (let i = txns.readStart[txn] as number; i < (txns.readStart[txn + 1] as number); i++)
      this.#soil(txns.readKey[i] as number, low, high);
  }

  /** The earliest clash of all keys, or undefined if the order explains every read. */
  first(): Clash | undefined {
    for (let key = this.#dirty.pop(); key !== undefined; key = this.#dirty.pop()) this.#look(key);
    const key = this.#earliest.first();
    if (key < 0) return undefined;
    const sorted = this.#sorted[key] as Int32Array;
    const at = this.#clashAt[key] as number;
    return [sorted[at] as number, sorted[at + 1] as number];
  }

  #soil(key: number, low: number, high: number): void {
    if ((this.#low[key] as number) > (this.#high[key] as number)) {
      this.#dirty.push(key);
      this.#low[key] = low;
      this.#high[key] = high;
      return;
    }
    if (low < (this.#low[key] as number)) this.#low[key] = low;
    if (high > (this.#high[key] as number)) this.#high[key] = high;
  }

  /** Sorts the stretch that moved, and finds the first clash of the key from there on. */
  #look(key: number): void {
    const sorted = this.#sorted[key] as Int32Array;
    const [low, high] = [this.#low[key] as number, this.#high[key] as number];
    this.#low[key] = 1;
    this.#high[key] = 0;
    const start = this.#placeOf(sorted, low);
    const end = this.#sort(sorted, start, high);
    const known = this.#clashAt[key] as number;
    // A chain that begins before the stretch may commit in it: up to the first clash that is at most the last such
    // chain.
    const from = Math.max(0, Math.min(start - 2, known >= 0 ? known - 1 : start));
    let at = this.#firstIn(sorted, from, end);
    if (at < 0 && known >= end) at = known;
    else if (at < 0 && known !== -1)
      at = this.#firstIn(sorted, Math.max(0, end - 1), sorted.length);
    this.#clashAt[key] = at;
    const rank = at < 0 ? Number.POSITIVE_INFINITY : this.#begins(sorted[at] as number);
    this.#earliest.set(key, rank);
  }

  /** The first place before `end` whose chain clashes with the next, or -1. */
  #firstIn(sorted: Int32Array, from: number, end: number): number {
    for (let at = from; at < end && at + 1 < sorted.length; at++)
      if (!this.#fits(sorted[at] as number, sorted[at + 1] as number)) return at;
    return -1;
  }

  /** First place whose chain begins at a rank or later. */
  #placeOf(sorted: Int32Array, rank: number): number {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#begins(sorted[middle] as number) < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Insertion sort of what begins up to rank `high`; answers the place after it. */
  #sort(sorted: Int32Array, start: number, high: number): number {
    let at = start;
    for (; at < sorted.length; at++) {
      const chain = sorted[at] as number;
      const rank = this.#begins(chain);
      if (rank > high) break;
      this.work++;
      let to = at;
      for (; to > start && this.#begins(sorted[to - 1] as number) > rank; to--)
        sorted[to] = sorted[to - 1] as number;
      sorted[to] = chain;
    }
    return at;
  }

  #begins(chain: number): number {
    const { chains, snapshot } = this.#graph;
    const head = chains.chains[chain]?.[0] as number;
    return this.#rank[beginOf(snapshot, chains.writer[head] as number)] as number;
  }

  /** True if the order has all of chain `a`, and all who read its last version, before chain `b`. */
  #fits(a: number, b: number): boolean {
    const { chains, snapshot } = this.#graph;
    const tail = chains.chains[a]?.at(-1) as number;
    const head = chains.writer[chains.chains[b]?.[0] as number] as number;
    const commit = commitOf(snapshot, chains.writer[tail] as number);
    this.work++;
    if ((this.#rank[commit] as number) > (this.#rank[beginOf(snapshot, head)] as number))
      return false;
    const bound = this.#rank[commitOf(snapshot, head)] as number;
    for (let i = chains.start[tail] as number; i < (chains.start[tail + 1] as number); i++) {
      this.work++;
      const reader = beginOf(snapshot, chains.readers[i] as number);
      if ((this.#rank[reader] as number) > bound) return false;
    }
    return true;
  }
}
