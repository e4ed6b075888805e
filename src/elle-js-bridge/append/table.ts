// The columns a list-append history is judged from: transactions, micro-operations, elements and version orders.

import type { Values } from '../history/growable.ts';
import type { Source } from '../history/source.ts';
import type { Transactions } from '../history/transactions.ts';
import type { Scalar } from '../op.ts';
import type { CheckError } from '../result.ts';

/** A list-append history, interned. Elements are numbered over all keys; reads are lengths of their key's trunk. */
export type AppendTable = {
  readonly source: Source;
  readonly txns: Transactions;
  /** Transaction t has the micro-operations from mopStart[t] up to mopStart[t + 1]. */
  readonly mopStart: Int32Array;
  readonly mopF: Uint8Array;
  readonly mopKey: Int32Array;
  /** Appends: the element. Reads: see `nilRead` and `oddBase`. */
  readonly mopValue: Int32Array;
  readonly keys: readonly Scalar[];
  readonly elementKey: Int32Array;
  readonly elementValue: Values<Scalar>;
  /** Lists that are no prefix of their key's trunk, as elements. */
  readonly odd: readonly Int32Array[];
  /** The longest list of key k: trunk[trunkStart[k]] up to trunk[trunkStart[k + 1]]. */
  readonly trunk: Int32Array;
  readonly trunkStart: Int32Array;
  /** Keys whose reads contradict each other. */
  readonly incompatible: readonly number[];
  /** Keys whose trunk holds an element twice: where the first repetition is. */
  readonly repeatedFrom: ReadonlyMap<number, number>;
  /** The version order of key k: the trunk without repetitions, or its only append. */
  readonly order: Int32Array;
  readonly orderStart: Int32Array;
  /** Where an element stands in `order`, or −1. */
  readonly place: Int32Array;
  /** Last transaction that appended an element, by how it ended; −1 for none. */
  readonly writer: Int32Array;
  readonly failedWriter: Int32Array;
  readonly openWriter: Int32Array;
  /** Whether there are elements nobody wrote, elements of failed transactions, and of open ones. */
  readonly suspects: {
    readonly garbage: boolean;
    readonly failed: boolean;
    readonly open: boolean;
  };
  /** An element was appended more than once: nothing can be told from such a history. */
  readonly duplicate: CheckError | undefined;
};
