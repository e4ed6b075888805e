// Write skew by predicates (Adya's G2): two inserts, each allowed only if the other is not there, and both succeed.
import { canonical, indexOf, isClientOp, type KeyedOp, type WorkloadVerdict } from './verdict.ts';

/**
 * Operations: `{f: 'insert', key, value: [a, null] | [null, b]}` (or `value: [key, [a, b]]` as Jepsen's
 * independent tuples).
 * In one transaction the client reads both tables by predicate, fails if any row matches, and else inserts its own row.
 * Two inserts are invoked for each key; at most one may end ok.
 */
export type WriteSkewVerdict = WorkloadVerdict & {
  readonly keyCount: number;
  /** Keys of which exactly one insert succeeded, and keys of which more did. */
  readonly legalCount: number;
  readonly illegalCount: number;
  readonly illegal: readonly {
    readonly key: unknown;
    readonly count: number;
    readonly ops: readonly number[];
  }[];
};

const keyOf = (op: KeyedOp): unknown =>
  op.key === undefined && Array.isArray(op.value) && Array.isArray(op.value[1])
    ? op.value[0]
    : op.key;

/** Finds keys for which more than one guarded insert succeeded. `unknown` if none did at all. */
export const checkWriteSkew = (ops: readonly KeyedOp[]): WriteSkewVerdict => {
  const keys = new Map<unknown, { key: unknown; ops: number[] }>();
  for (const [position, op] of ops.entries()) {
    if (op.f !== 'insert' || !isClientOp(op)) continue;
    const key = keyOf(op);
    const own = keys.get(canonical(key)) ?? { key, ops: [] };
    keys.set(canonical(key), own);
    if (op.type === 'ok') own.ops.push(indexOf(op, position));
  }
  const inserted = [...keys.values()].filter((own) => own.ops.length > 0);
  const illegal = inserted.filter((own) => own.ops.length > 1);
  return {
    valid: illegal.length > 0 ? false : inserted.length === 0 ? 'unknown' : true,
    keyCount: keys.size,
    legalCount: inserted.length - illegal.length,
    illegalCount: illegal.length,
    illegal: illegal.map((own) => ({ key: own.key, count: own.ops.length, ops: own.ops })),
  };
};
