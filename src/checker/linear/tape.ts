// The order of events of one part as compact arrays, and a cursor that knows which operations are open.
import { type Call, never } from './calls.ts';
import type { Transitions } from './transitions.ts';

/**
 * Operations with a latest moment to take effect are numbered by start, and ranked by that moment (their return).
 * Lost ones, which have none, are kept apart: of those only the number available per class matters, since equal ones
 * can stand in for each other.
 */
export type Tape = {
  /** Number of operations that return. */
  readonly count: number;
  /** By operation: its place among the calls, class, return rank, and a slot that no other open operation has. */
  readonly callAt: Int32Array;
  readonly opClass: Int32Array;
  readonly rank: Int32Array;
  readonly slot: Int32Array;
  readonly slots: number;
  /** By operation: 1 when it may never have taken effect. */
  readonly optional: Uint8Array;
  /** By return rank: the operation, and where on the tape it returns. */
  readonly byRank: Int32Array;
  readonly returnAt: Int32Array;
  /** Events in order: 2·operation invokes it, 2·operation + 1 returns it, −1−k makes one more of lost class k available. */
  readonly events: Int32Array;
  /** Class of each lost class, and the calls that belong to it in order of start. */
  readonly lostClasses: Int32Array;
  readonly lostCalls: readonly (readonly number[])[];
};

type Event = { readonly position: number; readonly code: number };

/** Optional operations that never change a state explain nothing and are left out. */
export const tapeOf = <S>(calls: readonly Call[], transitions: Transitions<S>): Tape => {
  const { classes, pure } = transitions;
  const callAt: number[] = [];
  const lostIds = new Map<number, number>();
  const lostCalls: number[][] = [];
  const events: Event[] = [];
  calls.forEach((call, at) => {
    const opClass = classes[at] as number;
    if (call.optional && pure[opClass] === 1) return;
    if (call.end !== never) {
      const op = callAt.push(at) - 1;
      events.push({ position: call.start, code: 2 * op }, { position: call.end, code: 2 * op + 1 });
      return;
    }
    const lost = lostIds.get(opClass) ?? lostCalls.push([]) - 1;
    lostIds.set(opClass, lost);
    lostCalls[lost]?.push(at);
    events.push({ position: call.start, code: -1 - lost });
  });
  events.sort((a, b) => a.position - b.position);
  return {
    count: callAt.length,
    callAt: Int32Array.from(callAt),
    opClass: Int32Array.from(callAt, (at) => classes[at] as number),
    optional: Uint8Array.from(callAt, (at) => Number(calls[at]?.optional)),
    events: Int32Array.from(events, (event) => event.code),
    lostClasses: Int32Array.from(lostIds.keys()),
    lostCalls,
    ...order(events, callAt.length),
  };
};

/** Ranks by return, and slots: the smallest number not in use while the operation is open. */
const order = (events: readonly Event[], count: number) => {
  const rank = new Int32Array(count);
  const slot = new Int32Array(count);
  const byRank = new Int32Array(count);
  const returnAt = new Int32Array(count);
  const free: number[] = [];
  let slots = 0;
  let returned = 0;
  events.forEach(({ code }, at) => {
    if (code < 0) return;
    const op = code >> 1;
    if ((code & 1) === 0) {
      slot[op] = free.pop() ?? slots++;
      return;
    }
    free.push(slot[op] as number);
    rank[op] = returned;
    byRank[returned] = op;
    returnAt[returned++] = at;
  });
  return { rank, slot, byRank, returnAt, slots };
};

/**
 * Stands at the return of one operation (the frontier) and lists what is open there, in order of return.
 * Two circular lists threaded through `next`: impure operations from `count`, pure ones from `count + 1`.
 * Moving back restores the lists exactly (Knuth's dancing links).
 */
export class Cursor {
  readonly next: Int32Array;
  /** By lost class: how many have been invoked before the frontier. */
  readonly available: Int32Array;
  readonly #prev: Int32Array;
  readonly #tape: Tape;
  readonly #pure: Uint8Array;
  #at = 0;

  constructor(tape: Tape, pure: Uint8Array) {
    this.#tape = tape;
    this.#pure = Uint8Array.from(tape.opClass, (opClass) => pure[opClass] as number);
    this.next = new Int32Array(tape.count + 2);
    this.#prev = new Int32Array(tape.count + 2);
    this.available = new Int32Array(tape.lostClasses.length);
    for (const head of [tape.count, tape.count + 1]) {
      this.next[head] = head;
      this.#prev[head] = head;
    }
  }

  /** Moves to just before the return with this rank. */
  seek(rank: number): void {
    const { events, returnAt } = this.#tape;
    const target = returnAt[rank] as number;
    while (this.#at < target) this.#forward(events[this.#at++] as number);
    while (this.#at > target) this.#back(events[--this.#at] as number);
  }

  #forward(code: number): void {
    if (code < 0) this.available[-1 - code]!++;
    else if ((code & 1) === 0) this.#insert(code >> 1);
    else this.#unlink(code >> 1);
  }

  #back(code: number): void {
    if (code < 0) this.available[-1 - code]!--;
    else if ((code & 1) === 0) this.#unlink(code >> 1);
    else this.#relink(code >> 1);
  }

  #insert(op: number): void {
    const { rank, count } = this.#tape;
    const head = count + (this.#pure[op] as number);
    const mine = rank[op] as number;
    let before = this.#prev[head] as number;
    while (before !== head && (rank[before] as number) > mine)
      before = this.#prev[before] as number;
    const after = this.next[before] as number;
    this.next[before] = op;
    this.#prev[after] = op;
    this.next[op] = after;
    this.#prev[op] = before;
  }

  #unlink(op: number): void {
    this.next[this.#prev[op] as number] = this.next[op] as number;
    this.#prev[this.next[op] as number] = this.#prev[op] as number;
  }

  #relink(op: number): void {
    this.next[this.#prev[op] as number] = op;
    this.#prev[this.next[op] as number] = op;
  }
}
