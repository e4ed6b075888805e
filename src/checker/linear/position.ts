// Where a search stands: which return comes next, what took effect ahead of it, the state; and the steps from there.
import type { Call } from './calls.ts';
import { LostSets } from './lost-sets.ts';
import type { Model } from './model.ts';
import { Cursor, type Tape, tapeOf } from './tape.ts';
import { Transitions } from './transitions.ts';

/**
 * A configuration that can be changed in place. Steps are numbers: an operation of the tape; `count` + a lost class; or
 * `skip`, by which the operation at the frontier, an optional one, does not take effect.
 *
 * What is not tried is safe to leave out because of an exchange argument (linear.md §5 in the facts):
 * pure operations take effect as soon as they are legal; of open operations of one class the first to return goes
 * first; optional operations are only tried where another operation would notice.
 */
export class Position<S> {
  readonly tape: Tape;
  readonly transitions: Transitions<S>;
  readonly lostSets: LostSets;
  /** Rank of the next return. */
  frontier = 0;
  state = 0;
  /** Which lost operations took effect: a number of `lostSets`. */
  lost = 0;
  /** A bit for each slot: open operations that took effect ahead of the frontier. */
  readonly mask: Int32Array;
  /** Steps looked up. */
  lookUps = 0;
  readonly #cursor: Cursor;
  readonly #skip: number;
  /** By class: the turn in which an open operation of it was seen. */
  readonly #seen: Int32Array;
  readonly #seenOptional: Int32Array;
  #turn = 0;
  /** Calls in the order in which they took effect, when somebody wants to know. */
  #log: number[] | undefined;

  constructor(model: Model<S>, calls: readonly Call[]) {
    this.transitions = new Transitions(model, calls);
    this.tape = tapeOf(calls, this.transitions);
    this.#cursor = new Cursor(this.tape, this.transitions.pure);
    this.lostSets = new LostSets(this.tape.lostClasses.length);
    this.mask = new Int32Array(Math.max(1, Math.ceil(this.tape.slots / 32)));
    this.#skip = this.tape.count + this.tape.lostClasses.length;
    this.#seen = new Int32Array(this.transitions.ops.length);
    this.#seenOptional = new Int32Array(this.transitions.ops.length);
  }

  /** Goes to where nothing but what follows without a choice has happened; `log` receives calls as they take effect. */
  start(log?: number[]): void {
    this.frontier = 0;
    this.state = 0;
    this.lost = 0;
    this.mask.fill(0);
    this.#log = log;
    if (this.isDone()) return;
    this.#cursor.seek(0);
    this.#settle();
  }

  /** Everything that returns took effect. */
  isDone(): boolean {
    return this.frontier === this.tape.count;
  }

  /** To be called after the fields were set from elsewhere. */
  moved(): void {
    this.#cursor.seek(this.frontier);
  }

  /**
   * The step to try after `last` (-1: from the first): -1 when there is none left.
   */
  nextStep(last: number): number {
    const { count, rank, byRank, optional } = this.tape;
    if (last === this.#skip) return -1;
    this.#turn++;
    const step = this.#nextOpen(last === -1 ? -1 : last < count ? (rank[last] as number) : count);
    if (step !== -1) return step;
    const lost = this.#nextLost(last < count ? 0 : last - count + 1);
    if (lost !== -1) return lost;
    return optional[byRank[this.frontier] as number] === 1 ? this.#skip : -1;
  }

  /** In order of return, of each class only the first; what is optional cannot stand in for what is not. */
  #nextOpen(afterRank: number): number {
    const { count, rank, opClass, optional } = this.tape;
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
    if (next === this.state) return false;
    return this.tape.rank[op] === this.frontier || this.#isNoticed(next);
  }

  #nextLost(from: number): number {
    const { count, lostClasses } = this.tape;
    for (let lost = from; lost < lostClasses.length; lost++) {
      const kind = lostClasses[lost] as number;
      if (this.#seen[kind] === this.#turn || this.#seenOptional[kind] === this.#turn) continue;
      if (this.#spare(lost) === 0) continue;
      const next = this.#step(kind);
      if (next !== -1 && next !== this.state && this.#isNoticed(next)) return count + lost;
    }
    return -1;
  }

  #spare(lost: number): number {
    const available = this.#cursor.available[lost] as number;
    return available === 0 || this.lost === 0
      ? available
      : available - this.lostSets.count(this.lost, lost);
  }

  /** Would some operation that can go next end differently in state `next` than in the state at hand? */
  #isNoticed(next: number): boolean {
    const { count, opClass, lostClasses } = this.tape;
    const links = this.#cursor.next;
    for (let head = count; head <= count + 1; head++)
      for (let op = links[head] as number; op !== head; op = links[op] as number)
        if (!this.#isAhead(op) && this.#differs(opClass[op] as number, next)) return true;
    for (let lost = 0; lost < lostClasses.length; lost++)
      if (this.#spare(lost) > 0 && this.#differs(lostClasses[lost] as number, next)) return true;
    return false;
  }

  #differs(kind: number, next: number): boolean {
    this.lookUps++;
    const there = this.transitions.next(next, kind);
    return there !== -1 && there !== this.transitions.next(this.state, kind);
  }

  #step(kind: number): number {
    this.lookUps++;
    return this.transitions.next(this.state, kind);
  }

  #isAhead(op: number): boolean {
    const slot = this.tape.slot[op] as number;
    return ((this.mask[slot >>> 5] as number) & (1 << (slot & 31))) !== 0;
  }

  #note(call: number | undefined): void {
    if (call !== undefined) this.#log?.push(call);
  }

  #flip(op: number): void {
    const slot = this.tape.slot[op] as number;
    this.mask[slot >>> 5]! ^= 1 << (slot & 31);
  }

  /** Lets a step take effect, and everything that follows without a choice. */
  take(step: number): void {
    const { count, callAt, opClass, lostClasses, lostCalls, byRank } = this.tape;
    if (step === this.#skip) {
      this.#flip(byRank[this.frontier] as number);
    } else if (step >= count) {
      const lost = step - count;
      this.#note(lostCalls[lost]?.[this.lostSets.count(this.lost, lost)]);
      this.lost = this.lostSets.add(this.lost, lost);
      this.state = this.#step(lostClasses[lost] as number);
    } else {
      this.state = this.#step(opClass[step] as number);
      this.#note(callAt[step]);
      this.#flip(step);
    }
    this.#settle();
  }

  /** Pure operations that are legal take effect; the frontier moves past returns whose operation took effect. */
  #settle(): void {
    const { count, callAt, opClass, byRank } = this.tape;
    const { next } = this.#cursor;
    for (;;) {
      for (let op = next[count + 1] as number; op !== count + 1; op = next[op] as number)
        if (!this.#isAhead(op) && this.#step(opClass[op] as number) !== -1) {
          this.#note(callAt[op]);
          this.#flip(op);
        }
      const before = this.frontier;
      while (this.#isAhead(byRank[this.frontier] as number)) {
        this.#flip(byRank[this.frontier] as number);
        if (++this.frontier === count) return;
        this.#cursor.seek(this.frontier);
      }
      if (this.frontier === before) return;
    }
  }
}
