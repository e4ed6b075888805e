// Pairs invocations with completions: the transactions of a history, one row each, in order of completion.
import type { CheckError } from '../result.ts';
import { typeCodes } from './columns.ts';
import { Ints } from './growable.ts';

/** How a transaction ended; `open` ones were invoked and never completed. */
export const kinds = { ok: 1, fail: 2, info: 3, open: 4 } as const;

/** What pairing needs to know of every operation of a history. */
export type Events = {
  readonly type: Uint8Array;
  readonly process: Int32Array;
  /** 1 for operations of clients; the rest are left out. */
  readonly isClient: Uint8Array;
};

/** The transactions of a history, in order of completion, open ones at the end. */
export type Transactions = {
  readonly count: number;
  /** `kinds`. */
  readonly kind: Uint8Array;
  readonly process: Int32Array;
  /** Position of the completion in the history; of the invocation, for an open transaction. */
  readonly position: Int32Array;
  /** Position of the invocation; −1 when the history has none. */
  readonly invokedAt: Int32Array;
  /** Operations in the history, clients' and others'. */
  readonly positions: number;
  /** A process invoked while its invocation was still open: nothing is known of sessions and real time then. */
  readonly overlap: CheckError | undefined;
};

/** A table from process to a position, quick for small processes. */
class Running {
  readonly #small = new Int32Array(1 << 16);
  readonly #large = new Map<number, number>();

  /** Position of the open invocation, or −1. */
  get(process: number): number {
    if (process >= 0 && process < this.#small.length) return this.#small[process]! - 1;
    return this.#large.get(process) ?? -1;
  }

  set(process: number, position: number): void {
    if (process >= 0 && process < this.#small.length) this.#small[process] = position + 1;
    else this.#large.set(process, position);
  }
}

/** Pairs per process in order. Completions without an invocation are transactions too, without realtime. */
export const pairTransactions = (events: Events): Transactions => {
  const positions = events.type.length;
  const running = new Running();
  const [kind, process, position, invokedAt] = [new Ints(), new Ints(), new Ints(), new Ints()];
  const isOpen = new Uint8Array(positions);
  let overlap: CheckError | undefined;
  for (let i = 0; i < positions; i++) {
    if (events.isClient[i] !== 1) continue;
    const client = events.process[i]!;
    const before = running.get(client);
    if (events.type[i] === typeCodes.invoke) {
      if (before >= 0) {
        overlap ??= doubleInvoke(client, before, i);
        isOpen[before] = 0;
      }
      running.set(client, i);
      isOpen[i] = 1;
      continue;
    }
    if (before >= 0) isOpen[before] = 0;
    running.set(client, -1);
    kind.push(events.type[i]!);
    process.push(client);
    position.push(i);
    invokedAt.push(before);
  }
  for (let i = isOpen.indexOf(1); i >= 0; i = isOpen.indexOf(1, i + 1)) {
    kind.push(kinds.open);
    process.push(events.process[i]!);
    position.push(i);
    invokedAt.push(i);
  }
  return {
    count: kind.length,
    kind: new Uint8Array(kind.view()),
    process: process.view(),
    position: position.view(),
    invokedAt: invokedAt.view(),
    positions,
    overlap,
  };
};

const doubleInvoke = (process: number, before: number, now: number): CheckError => ({
  code: 'double-invoke',
  message: `process ${process} invokes at position ${now} while its invocation at ${before} is still open`,
  positions: [before, now],
});
