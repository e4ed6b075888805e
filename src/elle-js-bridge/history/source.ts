// One door to a history, whether it came as operations or as columns.
import type { Scalar, TxnOp } from '../op.ts';
import { type Columns, isColumns, opAt, typeCodes } from './columns.ts';
import type { Events } from './transactions.ts';

/** Where operations are looked up again when they are shown. */
export type Source = {
  readonly count: number;
  readonly columns: Columns | undefined;
  readonly ops: readonly TxnOp[] | undefined;
  /** The operation at a position, with its index. */
  readonly op: (position: number) => TxnOp;
  readonly events: Events;
};

const codeOf: Readonly<Record<string, number>> = typeCodes;

const eventsOf = (ops: readonly TxnOp[]): Events => {
  const type = new Uint8Array(ops.length);
  const process = new Int32Array(ops.length);
  const isClient = new Uint8Array(ops.length);
  for (let i = 0; i < ops.length; i++) {
    const op = ops[i]!;
    const code = codeOf[op.type];
    if (code === undefined || typeof op.process !== 'number' || !Number.isInteger(op.process))
      continue;
    type[i] = code;
    process[i] = op.process;
    isClient[i] = 1;
  }
  return { type, process, isClient };
};

/** Opens a history. When the first operation has no index, positions are the indices. */
export const openSource = (history: readonly TxnOp[] | Columns): Source => {
  if (isColumns(history)) {
    const isClient = new Uint8Array(history.type.length);
    for (let i = 0; i < isClient.length; i++) isClient[i] = history.process[i]! >= 0 ? 1 : 0;
    return {
      count: history.type.length,
      columns: history,
      ops: undefined,
      op: (position) => opAt(history, position),
      events: { type: history.type, process: history.process, isClient },
    };
  }
  const indexed = history.length === 0 || history[0]!.index !== undefined;
  return {
    count: history.length,
    columns: undefined,
    ops: history,
    op: (position) => (indexed ? history[position]! : { ...history[position]!, index: position }),
    events: eventsOf(history),
  };
};

/** The name of a key by its number in the columns. */
export const keyName = (columns: Columns, key: number): Scalar => columns.keys?.[key] ?? key;
