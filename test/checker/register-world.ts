// A simulated register with concurrent clients and, on request, one known bug; unique or repeated values.
import type { Random } from '../../src/base/random.ts';
import type { Op } from '../../src/history/op.ts';

export type Bug = 'none' | 'stale-reads' | 'lost-cas' | 'lost-write' | 'dirty-fail';

export type SimulateOptions = {
  readonly random: Random;
  readonly operations: number;
  readonly threads: number;
  readonly bug?: Bug;
  /** Share of operations whose outcome nobody learns. Default 0.02. */
  readonly lost?: number;
  /** Values are drawn from this many; 0 makes every written value new. Default 0. */
  readonly values?: number;
  /** Relative weights of read, write and cas. Default 2, 1, 1. */
  readonly mix?: readonly [number, number, number];
  /** Process numbers per thread; a lost operation takes a new one. */
  readonly key?: string | number;
};

type Pending = { readonly op: Fields; readonly at: number; done: Fields | undefined };
type Fields = Pick<Op, 'f' | 'value'> & { readonly type?: Op['type'] };

/** Chance that the bug shows on an operation that it can touch. */
const bugRate = 0.1;

/**
 * Threads take turns at random; an operation takes effect at a random turn between its invocation and completion, so
 * without a bug the history is linearizable by construction.
 */
export const simulate = (options: SimulateOptions): Op[] => {
  const history: Op[] = [];
  simulateInto({ ...options, take: (op) => history.push(op) });
  return history;
};

/** The same, record by record, for histories too large to be kept as objects. */
export const simulateInto = (
  options: SimulateOptions & { readonly take: (op: Op) => void },
): void => new World(options).run();

class World {
  readonly #options: SimulateOptions & { readonly take: (op: Op) => void };
  readonly #random: Random;
  #length = 0;
  readonly #pending: (Pending | undefined)[];
  readonly #processes: number[];
  #value: unknown = null;
  #old: unknown = null;
  #next = 0;
  #started = 0;

  constructor(options: SimulateOptions & { readonly take: (op: Op) => void }) {
    this.#options = options;
    this.#random = options.random;
    this.#pending = new Array(options.threads).fill(undefined);
    this.#processes = Array.from({ length: options.threads }, (_, thread) => thread);
  }

  run(): void {
    const { threads, operations } = this.#options;
    let open = 0;
    while (this.#started < operations || open > 0) {
      const thread = this.#random.int(threads);
      const pending = this.#pending[thread];
      if (pending === undefined) {
        if (this.#started === operations) continue;
        this.#start(thread);
        open++;
      } else if (pending.done === undefined) {
        pending.done = this.#apply(pending.op);
      } else {
        this.#finish(thread, pending.done);
        open--;
      }
    }
  }

  #start(thread: number): void {
    this.#started++;
    const op = this.#request();
    this.#pending[thread] = { op, at: this.#length, done: undefined };
    this.#record(thread, { ...op, type: 'invoke' });
  }

  #request(): Fields {
    const [reads, writes, cas] = this.#options.mix ?? [2, 1, 1];
    const draw = this.#random.int(reads + writes + cas);
    if (draw < reads) return { f: 'read', value: null };
    if (draw < reads + writes) return { f: 'write', value: this.#fresh() };
    return { f: 'cas', value: [this.#value, this.#fresh()] };
  }

  #fresh(): number {
    const { values } = this.#options;
    return values === undefined || values === 0 ? this.#next++ : this.#random.int(values);
  }

  #strikes(bug: Bug): boolean {
    return this.#options.bug === bug && this.#random.fraction() < bugRate;
  }

  #apply(op: Fields): Fields {
    if (op.f === 'read')
      return { f: op.f, value: this.#strikes('stale-reads') ? this.#old : this.#value, type: 'ok' };
    if (op.f === 'write') {
      const fails = this.#strikes('dirty-fail');
      if (!this.#strikes('lost-write')) this.#set(op.value);
      return { ...op, type: fails ? 'fail' : 'ok' };
    }
    const [expected, next] = op.value as [unknown, unknown];
    if (expected !== this.#value && !this.#strikes('lost-cas')) return { ...op, type: 'fail' };
    this.#set(next);
    return { ...op, type: 'ok' };
  }

  #set(value: unknown): void {
    this.#old = this.#value;
    this.#value = value;
  }

  #finish(thread: number, done: Fields): void {
    this.#pending[thread] = undefined;
    if (this.#random.fraction() >= (this.#options.lost ?? 0.02)) {
      this.#record(thread, { ...done, type: done.type ?? 'ok' });
      return;
    }
    this.#record(thread, { f: done.f, value: done.f === 'read' ? null : done.value, type: 'info' });
    this.#processes[thread] = (this.#processes[thread] as number) + this.#options.threads;
  }

  #record(thread: number, fields: Fields & { readonly type: Op['type'] }): void {
    const index = this.#length++;
    const { key, take } = this.#options;
    take({
      index,
      time: index * 1_000_000,
      process: this.#processes[thread] as number,
      ...fields,
      ...(key === undefined ? {} : { key }),
    });
  }
}
