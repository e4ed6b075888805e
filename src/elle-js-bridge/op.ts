// The operation record this package speaks: one line of a history of transactions.

export type OpType = 'invoke' | 'ok' | 'fail' | 'info';

/**
 * One line of a history. `ok` happened, `fail` certainly did not, `info` means "may have happened, and may still happen".
 * Structurally compatible with Ordeal's own operation record, and with Jepsen's.
 */
export type Op<V = unknown> = {
  /** Position in the history; given to every operation in order when the first has none. */
  readonly index?: number;
  /** Nanoseconds since the run began; only shown in explanations. */
  readonly time?: number;
  /** A logical single-threaded client, numbered from 0. Operations of anything else are not transactions. */
  readonly process?: number | string | null;
  readonly type: OpType;
  readonly f?: string;
  readonly value: V;
  readonly error?: unknown;
};

/** A key of the database, or a value written to it: text or a number (booleans and bigints are taken as they are). */
export type Scalar = string | number | boolean | bigint;

/** A list that appears in a read, or null when the read's result is unknown or the key unborn. */
export type ListValue = readonly Scalar[] | null;

/** One step of a transaction: append to a list, read, or write a register. */
export type Mop =
  | readonly ['append', Scalar, Scalar]
  | readonly ['r', Scalar, ListValue | Scalar]
  | readonly ['w', Scalar, Scalar];

/** A transaction: its steps in order. */
export type Txn = readonly Mop[];

/** A line of a history of transactions. */
export type TxnOp = Op<Txn>;
