// Finds a shortest cycle of a kind inside a part: breadth first over transactions × automaton states.
import { bits } from '../graph/relations.ts';
import { type Automaton, compile, labelOf } from './automaton.ts';
import type { Part } from './part.ts';
import type { Spec } from './specs.ts';

/** A cycle in a part: relation `relations[i]` (one bit) leads from txns[i] to the next, the last to the first. */
export type Found = {
  readonly txns: readonly number[];
  readonly relations: readonly number[];
  readonly shortest: boolean;
};

export type SearchOptions = {
  readonly part: Part;
  readonly spec: Spec;
  /** Which data relation an edge counts by, foremost first. */
  readonly priority: readonly number[];
  /** Edges that may be looked at in all. */
  readonly work: number;
  /** Edges that may be looked at once a cycle is known, to shorten it. */
  readonly polish: number;
};

/** Looks inside the components that can hold such a cycle; the shortest found over all of them. */
export const searchCycle = (
  options: SearchOptions,
  homes: readonly Int32Array[],
): Found | 'none' | 'exhausted' => new Search(options).run(homes);

/** For every transaction of a component, the first cycle a search from there meets. */
export const firstCycles = (options: SearchOptions, home: Int32Array): Generator<Found> =>
  new Search({ ...options, polish: options.work }).eachFirst(home);

class Search {
  readonly #part: Part;
  readonly #automaton: Automaton;
  readonly #labels: Uint8Array;
  /** Round in which (vertex, state) was first reached; and for hubs, from whom. */
  readonly #reached: Int32Array;
  readonly #origin: Int32Array;
  readonly #parent: Int32Array;
  readonly #via: Uint8Array;
  readonly #depth: Int32Array;
  readonly #queue: Int32Array;
  #queueEnd = 0;
  readonly #isHome: Uint8Array;
  /** Transactions by invocation, for real time, and where those invoked after each one's completion begin. */
  readonly #byInvocation: Int32Array;
  readonly #laterFrom: Int32Array;
  /** Of each state: transactions from here on in #byInvocation have been reached by real time. */
  readonly #swept: Int32Array;
  readonly #usesRealtime: boolean;
  #round = 0;
  #work: number;
  readonly #polish: number;
  #best: Found | undefined;
  #bestLength = 0x7fffffff;

  constructor({ part, spec, priority, work, polish }: SearchOptions) {
    this.#part = part;
    this.#automaton = compile(spec);
    this.#labels = spec.byLabel
      ? part.plain.mask.map((mask) => labelOf(mask, priority))
      : part.plain.mask;
    const { states } = this.#automaton;
    const cells = part.plain.count * states;
    [this.#reached, this.#origin, this.#parent, this.#depth, this.#queue] = [0, 0, 0, 0, 0].map(
      () => new Int32Array(cells),
    ) as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];
    this.#via = new Uint8Array(cells);
    this.#isHome = new Uint8Array(part.txns);
    this.#usesRealtime = spec.variant === 'realtime' && part.moments !== undefined;
    [this.#byInvocation, this.#laterFrom] = this.#usesRealtime
      ? laterTransactions(part)
      : [new Int32Array(0), new Int32Array(0)];
    this.#swept = new Int32Array(states);
    this.#work = work;
    this.#polish = polish;
  }

  run(homes: readonly Int32Array[]): Found | 'none' | 'exhausted' {
    for (const home of homes) {
      this.#isHome.fill(0);
      for (const txn of home) this.#isHome[txn] = 1;
      for (const txn of home) {
        if (this.#work <= 0 || this.#bestLength <= 2) break;
        if (this.#mayBegin(txn)) this.#from(txn);
      }
    }
    if (!this.#best) return this.#work <= 0 ? 'exhausted' : 'none';
    return { ...this.#best, shortest: this.#work > 0 || this.#bestLength <= 2 };
  }

  /** For every place to begin, the first cycle met from there. */
  *eachFirst(home: Int32Array): Generator<Found> {
    this.#isHome.fill(0);
    for (const txn of home) this.#isHome[txn] = 1;
    for (const txn of home) {
      if (this.#work <= 0) return;
      if (!this.#mayBegin(txn)) continue;
      this.#from(txn);
      if (this.#best) yield this.#best;
      this.#best = undefined;
      this.#bestLength = 0x7fffffff;
    }
  }

  #mayBegin(txn: number): boolean {
    const { first } = this.#automaton;
    if (this.#usesRealtime && (first & bits.realtime) !== 0) return true;
    const { start } = this.#part.plain;
    for (let at = start[txn]!; at < start[txn + 1]!; at++)
      if ((this.#labels[at]! & first) !== 0) return true;
    return false;
  }

  #from(root: number): void {
    this.#round++;
    this.#queueEnd = 0;
    this.#swept.fill(this.#byInvocation.length);
    this.#expand(root, { root, cell: -1, state: 0, depth: 0, only: this.#automaton.first });
    const { states } = this.#automaton;
    for (let head = 0; head < this.#queueEnd && this.#work > 0; head++) {
      const cell = this.#queue[head]!;
      const depth = this.#depth[cell]!;
      if (depth + 1 >= this.#bestLength) return;
      const v = Math.floor(cell / states);
      this.#expand(v, { root, cell, state: cell % states, depth, only: 255 });
    }
  }

  /** Takes every edge out of a transaction. */
  #expand(v: number, at: At): void {
    const { start, to } = this.#part.plain;
    for (let edge = start[v]!; edge < start[v + 1]!; edge++) {
      this.#work--;
      const label = this.#labels[edge]! & at.only;
      if (label === 0) continue;
      const w = to[edge]!;
      for (let bit = label; bit !== 0; bit &= bit - 1) this.#take(v, w, bit & -bit, at);
    }
    if (this.#usesRealtime && (at.only & bits.realtime) !== 0) this.#takeRealtime(v, at);
  }

  #take(v: number, w: number, bit: number, at: At): void {
    const state = this.#automaton.next[8 * at.state + (31 - Math.clz32(bit))]!;
    if (state < 0) return;
    if (w >= this.#part.txns) this.#throughHub({ v, hub: w, bit, state, at });
    else this.#arrive({ w, bit, state, at });
  }

  /** Out of a hub to everyone but whom we came from; a second visitor still has to reach the first. */
  #throughHub({ v, hub, bit, state, at }: HubStep): void {
    const cell = hub * this.#automaton.states + state;
    const isFirst = this.#reached[cell] !== this.#round;
    if (!isFirst) {
      const first = this.#origin[cell]!;
      if (first < 0 || first === v) return;
      this.#origin[cell] = -1;
      if (this.#hasEdge(hub, first)) this.#arrive({ w: first, bit, state, at });
      return;
    }
    this.#reached[cell] = this.#round;
    this.#origin[cell] = v;
    const { start, to } = this.#part.plain;
    for (let edge = start[hub]!; edge < start[hub + 1]!; edge++) {
      this.#work--;
      if (to[edge] !== v) this.#arrive({ w: to[edge]!, bit, state, at });
    }
  }

  #hasEdge(from: number, target: number): boolean {
    const { start, to } = this.#part.plain;
    return to.subarray(start[from], start[from + 1]).includes(target);
  }

  #takeRealtime(v: number, at: At): void {
    const state = this.#automaton.next[8 * at.state + 7]!;
    if (state < 0) return;
    const from = this.#laterFrom[v]!;
    const until = this.#swept[state]!;
    for (let i = from; i < until; i++) {
      this.#work--;
      this.#arrive({ w: this.#byInvocation[i]!, bit: bits.realtime, state, at });
    }
    if (from < until) this.#swept[state] = from;
  }

  #arrive({ w, bit, state, at }: Arrival): void {
    if (this.#isHome[w] !== 1) return;
    if (w === at.root) {
      if (this.#automaton.accepts[state] === 1 && at.depth + 1 < this.#bestLength)
        this.#close(at, bit);
      return;
    }
    const cell = w * this.#automaton.states + state;
    if (this.#reached[cell] === this.#round || at.depth + 2 >= this.#bestLength) return;
    this.#reached[cell] = this.#round;
    this.#parent[cell] = at.cell;
    this.#via[cell] = bit;
    this.#depth[cell] = at.depth + 1;
    this.#queue[this.#queueEnd++] = cell;
  }

  /** Reads the path back. Paths that meet a transaction twice are no cycles. */
  #close(at: At, bit: number): void {
    const txns: number[] = [];
    const relations: number[] = [bit];
    for (let cell = at.cell; cell >= 0; cell = this.#parent[cell]!) {
      txns.push(Math.floor(cell / this.#automaton.states));
      relations.push(this.#via[cell]!);
    }
    txns.push(at.root);
    if (new Set(txns).size < txns.length) return;
    if (!this.#best) this.#work = Math.min(this.#work, this.#polish);
    this.#best = { txns: txns.reverse(), relations: relations.reverse(), shortest: false };
    this.#bestLength = txns.length;
  }
}

/** Where a path stands: its root, its last cell, the automaton's state, its length, and what it may take. */
type At = {
  readonly root: number;
  readonly cell: number;
  readonly state: number;
  readonly depth: number;
  readonly only: number;
};
type HubStep = {
  readonly v: number;
  readonly hub: number;
  readonly bit: number;
  readonly state: number;
  readonly at: At;
};
type Arrival = {
  readonly w: number;
  readonly bit: number;
  readonly state: number;
  readonly at: At;
};

const laterTransactions = (part: Part): readonly [Int32Array, Int32Array] => {
  const { invokedAt, completedAt } = part.moments!;
  const byInvocation = Int32Array.from(invokedAt.keys())
    .filter((v) => invokedAt[v]! >= 0)
    .sort((a, b) => invokedAt[a]! - invokedAt[b]!);
  const begun = byInvocation.map((v) => invokedAt[v]!);
  const laterFrom = completedAt.map((completed) => {
    if (completed < 0) return begun.length;
    let [low, high] = [0, begun.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (begun[middle]! > completed) high = middle;
      else low = middle + 1;
    }
    return low;
  });
  return [byInvocation, laterFrom];
};
