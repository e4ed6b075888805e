// Wing and Gong's search with Lowe's memory: is there an order of the operations that the model allows?
import type { Call } from './calls.ts';
import { LostSets } from './lost-sets.ts';
import type { Model } from './model.ts';
import { Cursor, type Tape, tapeOf } from './tape.ts';
import { Transitions } from './transitions.ts';
import { Visited } from './visited.ts';

export type SearchResult = {
  readonly valid: boolean | 'unknown';
  /** Configurations looked at. */
  readonly configurations: number;
  /** What is counted against the budget: configurations, steps of the model, looked-up steps at 64 for one. */
  readonly work: number;
  /** When not valid: the call (its place among the calls) whose return was reached and never passed. */
  readonly stuckAt?: number;
  /** When not valid: in words, the states the object may have been in at that moment. */
  readonly states?: readonly string[];
};

export type SearchOptions<S> = {
  readonly model: Model<S>;
  readonly calls: readonly Call[];
  /** Work, in configurations: a step of the model counts as one, 64 looked-up steps count as one. */
  readonly budget: number;
};

/** Memory for configurations, in bytes. */
const memoryMax = 512 * 1024 * 1024;
const lostElementsMax = 16_000_000;
const lookUpsPerConfiguration = 64;
/** More states than this are not listed. */
export const statesMax = 8;

/**
 * Decides by depth-first search over configurations: which return comes next (the frontier), which open operations
 * took effect ahead of it, which lost ones did, and the state. Nothing before the frontier has to be remembered.
 *
 * Prunings, each safe because of an exchange argument (see linear.md §5 in the facts):
 * pure operations take effect as soon as they are legal; of open operations of one class the first to return goes
 * first; lost operations are optional, and only tried where an open operation or another lost one would notice;
 * a configuration that used fewer lost operations makes one that used more superfluous.
 */
export const searchWgl = <S>(options: SearchOptions<S>): SearchResult => new Search(options).run();

class Search<S> {
  readonly #model: Model<S>;
  readonly #transitions: Transitions<S>;
  readonly #tape: Tape;
  readonly #cursor: Cursor;
  readonly #visited: Visited;
  readonly #lostSets: LostSets;
  readonly #budget: number;
  readonly #rowsMax: number;
  /** By class: the turn in which an open operation of it was seen. */
  readonly #seen: Int32Array;
  readonly #seenOptional: Int32Array;
  /** The step by which the operation at the frontier, an optional one, does not take effect. */
  readonly #skip: number;
  #turn = 0;
  #lookUps = 0;
  #deepest = 0;
  // The configuration at hand.
  #frontier = 0;
  #state = 0;
  #lost = 0;
  readonly #mask: Int32Array;

  constructor({ model, calls, budget }: SearchOptions<S>) {
    this.#model = model;
    this.#transitions = new Transitions(model, calls);
    this.#tape = tapeOf(calls, this.#transitions);
    this.#cursor = new Cursor(this.#tape, this.#transitions.pure);
    this.#visited = new Visited(Math.max(1, Math.ceil(this.#tape.slots / 32)));
    this.#lostSets = new LostSets(this.#tape.lostClasses.length);
    this.#budget = budget;
    this.#rowsMax = Math.floor(memoryMax / Visited.bytesPerRow(this.#visited.words));
    this.#seen = new Int32Array(this.#transitions.ops.length);
    this.#seenOptional = new Int32Array(this.#transitions.ops.length);
    this.#skip = this.#tape.count + this.#tape.lostClasses.length;
    this.#mask = new Int32Array(this.#visited.words);
  }

  run(): SearchResult {
    if (this.#tape.count === 0) return this.#result(true);
    this.#cursor.seek(0);
    this.#settle();
    if (this.#isDone()) return this.#result(true);
    let row = this.#remember(-1, -1);
    let last = -1;
    while (row !== -1) {
      if (this.#isSpent()) return this.#result('unknown');
      const step = this.#nextStep(last);
      if (step === -1) {
        last = this.#visited.via[row] as number;
        row = this.#visited.parent[row] as number;
        if (row !== -1) this.#load(row);
        continue;
      }
      this.#take(step);
      if (this.#isDone()) return this.#result(true);
      const child = this.#remember(row, step);
      if (child === -1) this.#load(row);
      last = child === -1 ? step : -1;
      if (child !== -1) row = child;
    }
    return this.#result(false);
  }

  #isDone(): boolean {
    return this.#frontier === this.#tape.count;
  }

  #isSpent(): boolean {
    return (
      this.#work() > this.#budget ||
      this.#visited.size >= this.#rowsMax ||
      this.#lostSets.elements > lostElementsMax
    );
  }

  #work(): number {
    return (
      this.#visited.size +
      this.#transitions.asked +
      Math.floor(this.#lookUps / lookUpsPerConfiguration)
    );
  }

  /**
   * The step to try after `last` (-1: from the first): an open impure operation, `count` + a lost class, or `#skip`;
   * -1 when there is none left.
   */
  #nextStep(last: number): number {
    const { count, rank, byRank, optional } = this.#tape;
    if (last === this.#skip) return -1;
    this.#turn++;
    const step = this.#nextOpen(last === -1 ? -1 : last < count ? (rank[last] as number) : count);
    if (step !== -1) return step;
    const lost = this.#nextLost(last < count ? 0 : last - count + 1);
    if (lost !== -1) return lost;
    return optional[byRank[this.#frontier] as number] === 1 ? this.#skip : -1;
  }

  /** In order of return, of each class only the first; what is optional cannot stand in for what is not. */
  #nextOpen(afterRank: number): number {
    const { count, rank, opClass, optional } = this.#tape;
    const { next } = this.#cursor;
    for (let op = next[count] as number; op !== count; op = next[op] as number) {
      const kind = opClass[op] as number;
      if (this.#isAhead(op) || this.#seen[kind] === this.#turn) continue;
      const isOptional = optional[op] === 1;
      if (isOptional && this.#seenOptional[kind] === this.#turn) continue;
      (isOptional ? this.#seenOptional : this.#seen)[kind] = this.#turn;
      if ((rank[op] as number) <= afterRank) continue;
      const state = this.#step(kind);
      if (state !== -1 && (!isOptional || this.#isWorthwhile(op, state))) return op;
    }
    return -1;
  }

  /** At its return, an optional operation may matter to what comes after; until then it can wait for a reason. */
  #isWorthwhile(op: number, next: number): boolean {
    if (next === this.#state) return false;
    return this.#tape.rank[op] === this.#frontier || this.#isNoticed(next);
  }

  #nextLost(from: number): number {
    const { count, lostClasses } = this.#tape;
    for (let lost = from; lost < lostClasses.length; lost++) {
      const kind = lostClasses[lost] as number;
      if (this.#seen[kind] === this.#turn || this.#seenOptional[kind] === this.#turn) continue;
      if (this.#spare(lost) === 0) continue;
      const next = this.#step(kind);
      if (next !== -1 && next !== this.#state && this.#isNoticed(next)) return count + lost;
    }
    return -1;
  }

  #spare(lost: number): number {
    const available = this.#cursor.available[lost] as number;
    return available === 0 || this.#lost === 0
      ? available
      : available - this.#lostSets.count(this.#lost, lost);
  }

  /** Would some operation that can go next end differently in state `next` than in the state at hand? */
  #isNoticed(next: number): boolean {
    const { count, opClass, lostClasses } = this.#tape;
    const links = this.#cursor.next;
    for (let head = count; head <= count + 1; head++)
      for (let op = links[head] as number; op !== head; op = links[op] as number)
        if (!this.#isAhead(op) && this.#differs(opClass[op] as number, next)) return true;
    for (let lost = 0; lost < lostClasses.length; lost++)
      if (this.#spare(lost) > 0 && this.#differs(lostClasses[lost] as number, next)) return true;
    return false;
  }

  #differs(kind: number, next: number): boolean {
    this.#lookUps++;
    const there = this.#transitions.next(next, kind);
    return there !== -1 && there !== this.#transitions.next(this.#state, kind);
  }

  #step(kind: number): number {
    this.#lookUps++;
    return this.#transitions.next(this.#state, kind);
  }

  #isAhead(op: number): boolean {
    const slot = this.#tape.slot[op] as number;
    return ((this.#mask[slot >>> 5] as number) & (1 << (slot & 31))) !== 0;
  }

  #flip(op: number): void {
    const slot = this.#tape.slot[op] as number;
    this.#mask[slot >>> 5]! ^= 1 << (slot & 31);
  }

  /** Lets a step take effect, and everything that follows without a choice. */
  #take(step: number): void {
    const { count, opClass, lostClasses, byRank } = this.#tape;
    if (step === this.#skip) {
      this.#flip(byRank[this.#frontier] as number);
    } else if (step >= count) {
      this.#lost = this.#lostSets.add(this.#lost, step - count);
      this.#state = this.#step(lostClasses[step - count] as number);
    } else {
      this.#state = this.#step(opClass[step] as number);
      this.#flip(step);
    }
    this.#settle();
  }

  /** Pure operations that are legal take effect; the frontier moves past returns whose operation took effect. */
  #settle(): void {
    const { count, opClass, byRank } = this.#tape;
    const { next } = this.#cursor;
    for (;;) {
      for (let op = next[count + 1] as number; op !== count + 1; op = next[op] as number)
        if (!this.#isAhead(op) && this.#step(opClass[op] as number) !== -1) this.#flip(op);
      const before = this.#frontier;
      while (this.#isAhead(byRank[this.#frontier] as number)) {
        this.#flip(byRank[this.#frontier] as number);
        if (++this.#frontier === count) return;
        this.#cursor.seek(this.#frontier);
      }
      if (this.#frontier === before) return;
    }
  }

  /** The new row of the configuration at hand, or -1 when nothing new can come of it. */
  #remember(parent: number, via: number): number {
    const mask = this.#mask;
    let row = this.#visited.find(this.#frontier, this.#state, mask);
    for (; row !== -1; row = this.#visited.sibling(row, mask)) {
      this.#lookUps++;
      if (this.#lostSets.isWithin(this.#visited.lost[row] as number, this.#lost)) return -1;
    }
    if (this.#frontier > this.#deepest) this.#deepest = this.#frontier;
    return this.#visited.add({
      frontier: this.#frontier,
      state: this.#state,
      lost: this.#lost,
      parent,
      via,
      mask,
    });
  }

  #load(row: number): void {
    const { frontier, state, lost, mask, words } = this.#visited;
    this.#frontier = frontier[row] as number;
    this.#state = state[row] as number;
    this.#lost = lost[row] as number;
    for (let i = 0; i < words; i++) this.#mask[i] = mask[row * words + i] as number;
    this.#cursor.seek(this.#frontier);
  }

  #result(valid: boolean | 'unknown'): SearchResult {
    const configurations = this.#visited.size;
    const work = this.#work();
    if (valid === true) return { valid, configurations, work };
    const op = this.#tape.byRank[this.#deepest] as number;
    return {
      valid,
      configurations,
      work,
      stuckAt: this.#tape.callAt[op] as number,
      states: this.#statesAt(this.#deepest),
    };
  }

  #statesAt(frontier: number): string[] {
    const states = new Set<number>();
    for (let row = 0; row < this.#visited.size && states.size < statesMax; row++)
      if (this.#visited.frontier[row] === frontier) states.add(this.#visited.state[row] as number);
    const describe = this.#model.describeState ?? ((state: S) => JSON.stringify(state));
    return [...states].map((state) => describe(this.#transitions.state(state)));
  }
}
