// What the workload checkers of this folder share: the operation, the verdict, and how operations are named.
import type { Op } from '../op.ts';

/** An operation of a workload over independent keys carries its key beside the value. */
export type KeyedOp<V = unknown> = Op<V> & { readonly key?: unknown };

/** The verdict of a workload checker: `unknown` where the history cannot tell, with what it found beside it. */
export type WorkloadVerdict = { readonly valid: true | false | 'unknown' };

/** The index of an operation, or its position if it has none. */
export const indexOf = (op: Op, position: number): number => op.index ?? position;

/** True for operations of clients, as opposed to the nemesis. */
export const isClientOp = (op: Op): boolean =>
  op.process === undefined ||
  op.process === null ||
  typeof op.process === 'number' ||
  /^\d+$/.test(op.process);

/** Keys and values as map keys: lists and records by their content. */
export const canonical = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

/** The entries of a map that is given as a record, as a Map, or as a list of pairs. */
export const entriesOf = (value: unknown): (readonly [key: unknown, value: unknown])[] => {
  if (value instanceof Map) return [...value.entries()];
  if (Array.isArray(value)) return value as (readonly [unknown, unknown])[];
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
};

/**
 * Sub-histories by key, in order of first appearance; operations without a key go to each, as in Jepsen's
 * `independent`.
 */
export const byKey = <V>(ops: readonly KeyedOp<V>[]): Map<unknown, KeyedOp<V>[]> => {
  const keys = new Map<unknown, KeyedOp<V>[]>();
  const shared: KeyedOp<V>[] = [];
  for (const op of ops) {
    if (op.key === undefined) {
      shared.push(op);
      for (const own of keys.values()) own.push(op);
      continue;
    }
    const key = canonical(op.key);
    const own = keys.get(key);
    if (own === undefined) keys.set(key, [...shared, op]);
    else own.push(op);
  }
  return keys.size === 0 ? new Map([[null, shared]]) : keys;
};

/** An operation paired with its invocation, by their positions in the history. */
export type Completed<V> = {
  readonly op: Op<V>;
  readonly index: number;
  readonly invokedAt: number;
  /** Where it completed; beyond the end if nobody knows. */
  readonly completedAt: number;
};

/** Completions of client operations in order, each with its invocation; one left open counts as `info`. */
export const completionsOf = <V>(ops: readonly Op<V>[]): Completed<V>[] => {
  const open = new Map<unknown, number>();
  const found: Completed<V>[] = [];
  const add = (op: Op<V>, at: number, invokedAt: number): void => {
    const completedAt = op.type === 'ok' || op.type === 'fail' ? at : ops.length;
    found.push({ op, index: indexOf(op, at), invokedAt, completedAt });
  };
  const abandon = (at: number): void => add({ ...(ops[at] as Op<V>), type: 'info' }, at, at);
  for (const [at, op] of ops.entries()) {
    if (!isClientOp(op)) continue;
    const invokedAt = open.get(op.process);
    if (op.type !== 'invoke') {
      open.delete(op.process);
      add(op, at, invokedAt ?? at);
      continue;
    }
    if (invokedAt !== undefined) abandon(invokedAt);
    open.set(op.process, at);
  }
  for (const at of open.values()) abandon(at);
  return found;
};
