// What a read saw: as elements, as values, and its last element.
import { mopCodes } from '../history/columns.ts';
import type { Mop, Scalar, TxnOp } from '../op.ts';
import { oddBase } from './lists.ts';
import type { AppendTable } from './table.ts';

/** The elements a read saw; null for a read of nil. */
export const elementsRead = (table: AppendTable, at: number): Int32Array | null => {
  const value = table.mopValue[at]!;
  if (value <= oddBase) return table.odd[oddBase - value]!;
  if (value < 0) return null;
  const from = table.trunkStart[table.mopKey[at]!]!;
  return table.trunk.subarray(from, from + value);
};

/** How many elements a read saw; −1 for nil. */
export const lengthRead = (table: AppendTable, at: number): number => {
  const value = table.mopValue[at]!;
  return value <= oddBase ? table.odd[oddBase - value]!.length : value;
};

/** The last element a read saw; −1 when it saw none. */
export const lastRead = (table: AppendTable, at: number): number => {
  const value = table.mopValue[at]!;
  if (value > 0) return table.trunk[table.trunkStart[table.mopKey[at]!]! + value - 1]!;
  if (value > oddBase) return -1;
  const list = table.odd[oddBase - value]!;
  return list.length === 0 ? -1 : list[list.length - 1]!;
};

export const valuesOf = (table: AppendTable, elements: ArrayLike<number>): Scalar[] =>
  Array.from(elements, (element) => table.elementValue.at(element));

/** A micro-operation as it was written in the history. */
export const mopOf = (table: AppendTable, at: number): Mop => {
  const key = table.keys[table.mopKey[at]!]!;
  if (table.mopF[at] === mopCodes.append)
    return ['append', key, table.elementValue.at(table.mopValue[at]!)];
  const elements = elementsRead(table, at);
  return ['r', key, elements === null ? null : valuesOf(table, elements)];
};

/** The completion of a transaction. */
export const opOf = (table: AppendTable, txn: number): TxnOp =>
  table.source.op(table.txns.position[txn]!);
