// The threads of a run: who is free, who runs which process; narrowing views over one pool.
import { assert } from '../base/assert.ts';
import type { NemesisThread, RunProcess, Thread, ThreadFilter, Threads } from './generator.ts';

/** Whether a thread (or process) belongs to the fault injector. */
export const isNemesis = (thread: Thread): thread is NemesisThread => typeof thread === 'string';

/** The name of nemesis thread number i, counted from 0. */
export const nemesisThread = (i: number): NemesisThread =>
  i === 0 ? 'nemesis' : `nemesis-${i + 1}`;

const bitsOf = (word: number): number => {
  let w = word - ((word >>> 1) & 0x55555555);
  w = (w & 0x33333333) + ((w >>> 2) & 0x33333333);
  return Math.imul((w + (w >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/**
 * Owned by whoever runs operations (the interpreter, the virtual run): the only mutable part. Client threads are
 * slots 0..clients-1, nemesis threads are the slots after them. Free slots form a list, the longest free one first.
 */
export class ThreadPool {
  readonly clients: number;
  /** Number of all threads. */
  readonly slots: number;
  readonly freeBits: Uint32Array;
  /** The list of free slots; `head` stands before the first and after the last. */
  readonly after: Int32Array;
  readonly before: Int32Array;
  readonly head: number;
  /** When a slot became free, in events: the order of the list. */
  readonly freedAt: Float64Array;
  readonly #processes: Float64Array;
  readonly #nemesisNames: readonly NemesisThread[];
  #events = 0;
  /** Processes retired so far. */
  retirements = 0;
  /** All threads. */
  readonly threads: Threads;

  /** `clients` is a whole number ≥ 0, `nemeses` one ≥ 1; process i runs on thread i at first. */
  constructor(clients: number, nemeses = 1) {
    assert(Number.isInteger(clients) && clients >= 0, `${clients} client threads`);
    assert(Number.isInteger(nemeses) && nemeses >= 1, `${nemeses} nemesis threads`);
    const slots = clients + nemeses;
    this.clients = clients;
    this.slots = slots;
    this.#nemesisNames = Array.from({ length: nemeses }, (_, i) => nemesisThread(i));
    this.head = slots;
    this.freeBits = new Uint32Array((slots + 31) >>> 5);
    this.after = new Int32Array(slots + 1).fill(slots, slots);
    this.before = new Int32Array(slots + 1).fill(slots, slots);
    this.freedAt = new Float64Array(slots);
    this.#processes = Float64Array.from({ length: slots }, (_, slot) => slot);
    for (let slot = 0; slot < slots; slot++) this.#link(slot);
    this.threads = new View(
      this,
      Array.from({ length: slots }, (_, slot) => slot),
    );
  }

  /** -1 for a thread that the run does not have. */
  slotOf(thread: Thread): number {
    if (typeof thread === 'number') return thread < this.clients ? thread : -1;
    const nemesis = this.#nemesisNames.indexOf(thread);
    return nemesis === -1 ? -1 : this.clients + nemesis;
  }

  threadAt(slot: number): Thread {
    return slot < this.clients ? slot : (this.#nemesisNames[slot - this.clients] as NemesisThread);
  }

  processAt(slot: number): RunProcess {
    return slot < this.clients
      ? (this.#processes[slot] as number)
      : (this.threadAt(slot) as NemesisThread);
  }

  /** The slot that runs a process; -1 for a retired or unknown one. */
  slotOfProcess(process: RunProcess): number {
    if (typeof process !== 'number') return this.slotOf(process);
    const slot = process % this.clients;
    return this.#processes[slot] === process ? slot : -1;
  }

  isFree(slot: number): boolean {
    return (((this.freeBits[slot >>> 5] as number) >>> (slot & 31)) & 1) === 1;
  }

  setBusy(slot: number): void {
    const before = this.before[slot] as number;
    const after = this.after[slot] as number;
    this.after[before] = after;
    this.before[after] = before;
    this.freeBits[slot >>> 5] = (this.freeBits[slot >>> 5] as number) & ~(1 << (slot & 31));
  }

  setFree(slot: number): void {
    this.#link(slot);
  }

  /** The thread gets a process that never ran before: the old number plus the number of client threads. */
  retire(slot: number): void {
    assert(slot < this.clients, 'the nemesis is never retired');
    this.#processes[slot] = (this.#processes[slot] as number) + this.clients;
    this.retirements++;
  }

  #link(slot: number): void {
    const last = this.before[this.head] as number;
    this.after[last] = slot;
    this.before[slot] = last;
    this.after[slot] = this.head;
    this.before[this.head] = slot;
    this.freedAt[slot] = this.#events++;
    this.freeBits[slot >>> 5] = (this.freeBits[slot >>> 5] as number) | (1 << (slot & 31));
  }
}

/** At most so many slots are compared one by one; larger views walk the list of free slots. */
const smallView = 12;

/** Some threads of a pool; its slots ascend. */
class View implements Threads {
  readonly count: number;
  readonly clientCount: number;
  readonly #pool: ThreadPool;
  readonly #slots: readonly number[];
  readonly #mask: Uint32Array;
  readonly #narrowed = new WeakMap<ThreadFilter, Threads>();
  #threads: readonly Thread[] | undefined;
  #positions: Map<Thread, number> | undefined;
  #singles: Threads[] | undefined;

  constructor(pool: ThreadPool, slots: readonly number[]) {
    this.count = slots.length;
    this.clientCount = slots.filter((slot) => slot < pool.clients).length;
    this.#pool = pool;
    this.#slots = slots;
    this.#mask = new Uint32Array(pool.freeBits.length);
    for (const slot of slots)
      this.#mask[slot >>> 5] = (this.#mask[slot >>> 5] as number) | (1 << (slot & 31));
  }

  get freeCount(): number {
    const free = this.#pool.freeBits;
    let count = 0;
    for (let i = 0; i < free.length; i++)
      count += bitsOf((free[i] as number) & (this.#mask[i] as number));
    return count;
  }

  get retirements(): number {
    return this.#pool.retirements;
  }

  someFree(): RunProcess | undefined {
    const slot = this.count <= smallView ? this.#oldestOfFew() : this.#oldestOfMany();
    return slot === -1 ? undefined : this.#pool.processAt(slot);
  }

  has(thread: Thread): boolean {
    const slot = this.#pool.slotOf(thread);
    return slot !== -1 && this.#includes(slot);
  }

  isFree(thread: Thread): boolean {
    return this.has(thread) && this.#pool.isFree(this.#pool.slotOf(thread));
  }

  threadOf(process: RunProcess): Thread | undefined {
    const slot = this.#pool.slotOfProcess(process);
    return slot === -1 ? undefined : this.#pool.threadAt(slot);
  }

  processOf(thread: Thread): RunProcess | undefined {
    const slot = this.#pool.slotOf(thread);
    return slot === -1 ? undefined : this.#pool.processAt(slot);
  }

  all(): readonly Thread[] {
    this.#threads ??= this.#slots.map((slot) => this.#pool.threadAt(slot));
    return this.#threads;
  }

  free(): readonly Thread[] {
    const { after, head, freedAt } = this.#pool;
    if (this.count <= smallView) {
      const slots = this.#slots.filter((slot) => this.#pool.isFree(slot));
      slots.sort((a, b) => (freedAt[a] as number) - (freedAt[b] as number));
      return slots.map((slot) => this.#pool.threadAt(slot));
    }
    const threads: Thread[] = [];
    for (let slot = after[head] as number; slot !== head; slot = after[slot] as number)
      if (this.#includes(slot)) threads.push(this.#pool.threadAt(slot));
    return threads;
  }

  positionOf(thread: Thread): number {
    if (this.count === this.#pool.slots) return this.#pool.slotOf(thread);
    this.#positions ??= new Map(this.all().map((each, position) => [each, position]));
    const position = this.#positions.get(thread);
    if (position === undefined) assert(false, `thread ${thread} is not in scope`);
    return position;
  }

  narrow(filter: ThreadFilter): Threads {
    const known = this.#narrowed.get(filter);
    if (known !== undefined) return known;
    const slots = this.#slots.filter((slot, i) => filter.accepts(this.#pool.threadAt(slot), i));
    const view = slots.length === this.count ? this : new View(this.#pool, slots);
    this.#narrowed.set(filter, view);
    return view;
  }

  only(thread: Thread): Threads {
    const slot = this.#pool.slotOf(thread);
    assert(slot !== -1, `there is no thread ${thread}`);
    this.#singles ??= [];
    const known = this.#singles[slot];
    if (known !== undefined) return known;
    assert(this.has(thread), `thread ${thread} is not in scope`);
    const view = this.count === 1 ? this : new View(this.#pool, [slot]);
    this.#singles[slot] = view;
    return view;
  }

  #includes(slot: number): boolean {
    return (((this.#mask[slot >>> 5] as number) >>> (slot & 31)) & 1) === 1;
  }

  #oldestOfFew(): number {
    const { freedAt } = this.#pool;
    let oldest = -1;
    for (const slot of this.#slots)
      if (
        this.#pool.isFree(slot) &&
        (oldest === -1 || (freedAt[slot] as number) < (freedAt[oldest] as number))
      )
        oldest = slot;
    return oldest;
  }

  #oldestOfMany(): number {
    if (!this.#anyFree()) return -1;
    const { after, head } = this.#pool;
    let slot = after[head] as number;
    while (slot !== head && !this.#includes(slot)) slot = after[slot] as number;
    return slot;
  }

  #anyFree(): boolean {
    const free = this.#pool.freeBits;
    for (let i = 0; i < free.length; i++)
      if (((free[i] as number) & (this.#mask[i] as number)) !== 0) return true;
    return false;
  }
}
