// The columns a register history is judged from.
import type { Values } from '../history/growable.ts';
import type { Source } from '../history/source.ts';
import type { Transactions } from '../history/transactions.ts';
import type { Scalar } from '../op.ts';

/** A register history, interned. Versions (key and value, nil included) are numbered over all keys. */
export type RegisterTable = {
  readonly source: Source;
  readonly txns: Transactions;
  readonly mopStart: Int32Array;
  readonly mopF: Uint8Array;
  readonly mopKey: Int32Array;
  /** The version read or written. */
  readonly mopVersion: Int32Array;
  /** 1: the first micro-operation on its key, a read. 2: the last write of its key. */
  readonly external: Uint8Array;
  readonly keys: readonly Scalar[];
  readonly versionKey: Int32Array;
  readonly versionValue: Values<Scalar | null>;
  /** The initial version of each key. */
  readonly nilOf: Int32Array;
  /** Transactions that count as having happened: committed ones, and crashed ones whose writes were read. */
  readonly happened: Uint8Array;
};

export const externalRead = 1;
export const externalWrite = 2;
