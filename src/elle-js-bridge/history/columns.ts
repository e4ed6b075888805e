// A history as columns of numbers: the quick way in for histories of millions of transactions.
import type { Mop, OpType, Scalar, TxnOp } from '../op.ts';

/** Numbers that stand for the types of operations in `Columns.type`. */
export const typeCodes = { invoke: 0, ok: 1, fail: 2, info: 3 } as const;
/** Numbers that stand for the functions of micro-operations in `Columns.mopF`. */
export const mopCodes = { r: 0, append: 1, w: 2 } as const;
/** In `Columns.mopValue`: a register read as nil. */
export const nilValue = -2147483648;

const typeNames = ['invoke', 'ok', 'fail', 'info'] as const satisfies readonly OpType[];

/** One row an operation, one row a micro-operation; values are 32-bit integers. */
export type Columns = {
  /** `typeCodes`, one an operation. */
  readonly type: Uint8Array;
  /** Process of each operation; negative: not a client. */
  readonly process: Int32Array;
  /** Nanoseconds, one an operation; only shown in explanations. */
  readonly time?: Float64Array;
  /** Operation i has the micro-operations from mopStart[i] up to mopStart[i + 1]. */
  readonly mopStart: Uint32Array;
  /** `mopCodes`. */
  readonly mopF: Uint8Array;
  readonly mopKey: Int32Array;
  /** What was written; the register read; or the number of the list read, −1 for nil. */
  readonly mopValue: Int32Array;
  /** List i holds the elements from listStart[i] up to listStart[i + 1]. */
  readonly listStart?: Uint32Array;
  readonly listElements?: Int32Array;
  /** Names of the keys, by number; absent: the numbers are the names. */
  readonly keys?: readonly Scalar[];
};

export const isColumns = (history: readonly TxnOp[] | Columns): history is Columns =>
  !Array.isArray(history);

const mopAt = (columns: Columns, at: number, lists: boolean): Mop => {
  const key = columns.mopKey[at]!;
  const name = columns.keys?.[key] ?? key;
  const value = columns.mopValue[at]!;
  if (columns.mopF[at] === mopCodes.append) return ['append', name, value];
  if (columns.mopF[at] === mopCodes.w) return ['w', name, value];
  if (!lists) return ['r', name, value === nilValue ? null : value];
  if (value < 0) return ['r', name, null];
  const { listStart, listElements } = columns;
  return ['r', name, [...listElements!.subarray(listStart![value], listStart![value + 1])]];
};

/** The operation at a position, as an object. */
export const opAt = (columns: Columns, position: number): TxnOp => {
  const value: Mop[] = [];
  for (let at = columns.mopStart[position]!; at < columns.mopStart[position + 1]!; at++)
    value.push(mopAt(columns, at, columns.listStart !== undefined));
  return {
    index: position,
    time: columns.time?.[position] ?? -1,
    process: columns.process[position]!,
    type: typeNames[columns.type[position]!]!,
    f: 'txn',
    value,
  };
};
