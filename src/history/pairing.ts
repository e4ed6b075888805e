// Pairing: which completion belongs to which invocation, and the rules a process has to keep.
import { usageError } from '../base/errors.ts';
import { type Columns, columnsOf, nemesisNumber, processOf, types } from './columns.ts';
import type { Op } from './op.ts';

export type ProblemCode =
  | 'duplicate-index'
  | 'index-gap'
  | 'time-backwards'
  | 'completion-without-invocation'
  | 'two-open-invocations'
  | 'process-after-info'
  | 'f-differs'
  | 'key-differs'
  | 'unknown-f'
  | 'not-unique'
  | 'shape';

/** What is malformed in a history, precisely. */
export type Problem = {
  readonly code: ProblemCode;
  /** Where in the history, counted from 0; the line number of its file less one. */
  readonly position: number;
  /** The operation's own index. */
  readonly index: number;
  /** One sentence with the numbers in it. */
  readonly message: string;
};
export type OnProblem = (code: ProblemCode, position: number, says: string) => void;

/** For each position the position of its other half (completion of an invocation, and the reverse), or −1. */
export type Pairs = Int32Array;

const invoke = 0;
const info = 3;

/** The operation's own index, from columns. */
export const indexAt = (columns: Columns, position: number): number =>
  columns.indices === undefined ? position : (columns.indices[position] as number);

/** The name of an operation in a sentence. */
export const sayOp = (columns: Columns, position: number): string => {
  const kind = columns.kinds[position] as number;
  const process = processOf(columns.processes[position] as number, columns.largeProcesses);
  return `${types[kind & 3]} of ${columns.fNames[kind >>> 2]} on process ${process} (index ${indexAt(columns, position)})`;
};

/** Idle, and retired by an `info`; from 0 on it is the position of the open invocation. */
const idle = -1;
const retired = -2;

/** States of processes: those with small numbers, which are nearly all, in an array. */
class States {
  #small = new Int32Array(1 << 10).fill(idle);
  readonly #others = new Map<number, number>();
  static readonly #smallMax = 1 << 22;

  get(process: number): number {
    if (process >= 0 && process < this.#small.length) return this.#small[process] as number;
    return this.#others.get(process) ?? idle;
  }

  set(process: number, state: number): void {
    if (process >= 0 && process < States.#smallMax) {
      if (process >= this.#small.length) this.#grow(process);
      this.#small[process] = state;
    } else this.#others.set(process, state);
  }

  #grow(process: number): void {
    const grown = new Int32Array(2 ** Math.ceil(Math.log2(process + 1))).fill(idle);
    grown.set(this.#small);
    this.#small = grown;
  }
}

/** Client processes: one operation at a time, none after an `info`. */
class ClientPairing {
  readonly #states = new States();
  readonly #columns: Columns;
  readonly #pairs: Pairs;
  readonly #onProblem: OnProblem;
  constructor(columns: Columns, pairs: Pairs, onProblem: OnProblem) {
    this.#columns = columns;
    this.#pairs = pairs;
    this.#onProblem = onProblem;
  }

  see(position: number): void {
    const process = this.#columns.processes[position] as number;
    const state = this.#states.get(process);
    const type = (this.#columns.kinds[position] as number) & 3;
    if (type === invoke) {
      if (state !== idle) this.#refuseOpen(position, state);
      this.#states.set(process, position);
    } else {
      this.#states.set(process, type === info || state === retired ? retired : idle);
      this.#close(position, state);
    }
  }

  #refuseOpen(position: number, state: number): void {
    const said = sayOp(this.#columns, position);
    if (state === retired) {
      this.#onProblem(
        'process-after-info',
        position,
        `${said}: this process ended in an info before`,
      );
    } else {
      const open = sayOp(this.#columns, state);
      this.#onProblem('two-open-invocations', position, `${said}: ${open} is still open`);
    }
  }

  #close(position: number, state: number): void {
    const columns = this.#columns;
    if (state < 0) {
      const says = `${sayOp(columns, position)}: no invocation is open`;
      this.#onProblem('completion-without-invocation', position, says);
      return;
    }
    this.#pairs[state] = position;
    this.#pairs[position] = state;
    if ((columns.kinds[state] as number) >>> 2 !== (columns.kinds[position] as number) >>> 2) {
      const says = `${sayOp(columns, position)} completes the ${sayOp(columns, state)}`;
      this.#onProblem('f-differs', position, says);
    }
    const { keys } = columns;
    if (keys !== undefined && keys[position] !== -1 && keys[position] !== keys[state]) {
      this.#refuseKey(position, state, keys);
    }
  }

  #refuseKey(position: number, state: number, keys: Int32Array): void {
    const nameOf = (at: number): string | number =>
      this.#columns.keyNames[keys[at] as number] ?? 'none';
    const says = `key ${nameOf(position)} completes key ${nameOf(state)}`;
    const [completion, invocation] = [position, state].map((at) => sayOp(this.#columns, at));
    this.#onProblem('key-differs', position, `${completion}: ${says} of the ${invocation}`);
  }
}

/**
 * The nemesis may have several operations open, paired by `f`, first opened first. Both conventions are understood:
 * invoke and info; and Jepsen's, info and info, as long as no nemesis operation was an invoke.
 */
class NemesisPairing {
  readonly #open = new Map<number, number[]>();
  readonly #pairs: Pairs;
  #invokes = false;
  constructor(pairs: Pairs) {
    this.#pairs = pairs;
  }

  see(kind: number, position: number): void {
    const type = kind & 3;
    const open = this.#open.get(kind >>> 2);
    if (type === invoke) this.#invokes = true;
    else if (open !== undefined && open.length > 0) {
      const invocation = open.shift() as number;
      this.#pairs[invocation] = position;
      this.#pairs[position] = invocation;
      return;
    }
    if (type !== invoke && (type !== info || this.#invokes)) return;
    if (open === undefined) this.#open.set(kind >>> 2, [position]);
    else open.push(position);
  }
}

/** Pairs columns, tells of every rule that is broken, and goes on. */
export const scanColumns = (columns: Columns, onProblem: OnProblem): Pairs => {
  const pairs = new Int32Array(columns.length).fill(-1);
  const clients = new ClientPairing(columns, pairs, onProblem);
  const nemesis = new NemesisPairing(pairs);
  for (let i = 0; i < columns.length; i++) {
    if (columns.processes[i] === nemesisNumber) nemesis.see(columns.kinds[i] as number, i);
    else clients.see(i);
  }
  return pairs;
};

/** Pairs columns; throws an `OrdealError` (usage) at the first broken rule. Indices and times are left to `lint`. */
export const pairColumns = (columns: Columns): Pairs =>
  scanColumns(columns, (code, position, says) => {
    throw usageError(`malformed history at position ${position}: ${says} [${code}]`);
  });

/** Pairs operations, tells of every rule that is broken, and goes on. */
export const scanPairs = (ops: readonly Op[], onProblem: OnProblem): Pairs =>
  scanColumns(columnsOf(ops), onProblem);

/** Pairs operations; throws like `pairColumns`. */
export const pair = (ops: readonly Op[]): Pairs => pairColumns(columnsOf(ops));
