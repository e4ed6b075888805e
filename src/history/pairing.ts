// Pairing: which completion belongs to which invocation, and the rules a process has to keep.
import { usageError } from '../base/errors.ts';
import type { Op, Process } from './op.ts';

export type ProblemCode =
  | 'duplicate-index'
  | 'index-gap'
  | 'time-backwards'
  | 'completion-without-invocation'
  | 'two-open-invocations'
  | 'process-after-info'
  | 'f-differs'
  | 'key-differs';

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
type OnProblem = (code: ProblemCode, position: number, says: string) => void;

/** For each position the position of its other half (completion of an invocation, and the reverse), or −1. */
export type Pairs = Int32Array;

const said = (op: Op): string =>
  `${op.type} of ${op.f} on process ${op.process} (index ${op.index})`;

/** Idle, and retired by an `info`; from 0 on it is the position of the open invocation. */
const idle = -1;
const retired = -2;

/** Client processes: one operation at a time, none after an `info`. */
class ClientPairing {
  readonly #state = new Map<Process, number>();
  readonly #ops: readonly Op[];
  readonly #pairs: Pairs;
  readonly #onProblem: OnProblem;
  constructor(ops: readonly Op[], pairs: Pairs, onProblem: OnProblem) {
    this.#ops = ops;
    this.#pairs = pairs;
    this.#onProblem = onProblem;
  }

  see(op: Op, position: number): void {
    const state = this.#state.get(op.process) ?? idle;
    if (op.type === 'invoke') this.#open(op, position, state);
    else this.#close(op, position, state);
  }

  #open(op: Op, position: number, state: number): void {
    if (state === retired) {
      this.#onProblem(
        'process-after-info',
        position,
        `${said(op)}: this process ended in an info before`,
      );
    } else if (state >= 0) {
      const open = this.#ops[state] as Op;
      this.#onProblem('two-open-invocations', position, `${said(op)}: ${said(open)} is still open`);
    }
    this.#state.set(op.process, position);
  }

  #close(op: Op, position: number, state: number): void {
    this.#state.set(op.process, op.type === 'info' ? retired : state === retired ? retired : idle);
    if (state < 0) {
      this.#onProblem(
        'completion-without-invocation',
        position,
        `${said(op)}: no invocation is open`,
      );
      return;
    }
    const invocation = this.#ops[state] as Op;
    this.#pairs[state] = position;
    this.#pairs[position] = state;
    if (invocation.f !== op.f) {
      this.#onProblem('f-differs', position, `${said(op)} completes the ${said(invocation)}`);
    }
    if (op.key !== undefined && invocation.key !== op.key) {
      const keys = `key ${op.key} completes key ${invocation.key ?? 'none'}`;
      this.#onProblem('key-differs', position, `${said(op)}: ${keys} of the ${said(invocation)}`);
    }
  }
}

/**
 * The nemesis may have several operations open, paired by `f`, first opened first. Both conventions are understood:
 * invoke and info; and Jepsen's, info and info, as long as no nemesis operation was an invoke.
 */
class NemesisPairing {
  readonly #open = new Map<string, number[]>();
  readonly #pairs: Pairs;
  #invokes = false;
  constructor(pairs: Pairs) {
    this.#pairs = pairs;
  }

  see(op: Op, position: number): void {
    const open = this.#open.get(op.f);
    if (op.type === 'invoke') this.#invokes = true;
    else if (open !== undefined && open.length > 0) {
      const invocation = open.shift() as number;
      this.#pairs[invocation] = position;
      this.#pairs[position] = invocation;
      return;
    }
    if (op.type !== 'invoke' && (op.type !== 'info' || this.#invokes)) return;
    if (open === undefined) this.#open.set(op.f, [position]);
    else open.push(position);
  }
}

/** Pairs a history, tells of every rule that is broken, and goes on. */
export const scanPairs = (ops: readonly Op[], onProblem: OnProblem): Pairs => {
  const pairs = new Int32Array(ops.length).fill(-1);
  const clients = new ClientPairing(ops, pairs, onProblem);
  const nemesis = new NemesisPairing(pairs);
  for (let i = 0; i < ops.length; i++) {
    const op = ops[i] as Op;
    if (op.process === 'nemesis') nemesis.see(op, i);
    else clients.see(op, i);
  }
  return pairs;
};

/** Pairs a history; throws an `OrdealError` (usage) at the first broken rule. Indices and times are left to `lint`. */
export const pair = (ops: readonly Op[]): Pairs =>
  scanPairs(ops, (code, position, says) => {
    throw usageError(`malformed history at position ${position}: ${says} [${code}]`);
  });
