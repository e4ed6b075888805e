// Causal reverse: a write is visible, and one that had completed before it began is not. Breaks strict serializability.
import {
  byKey,
  canonical,
  indexOf,
  isClientOp,
  type KeyedOp,
  type WorkloadVerdict,
} from './verdict.ts';

/**
 * Operations: `{f: 'write', value: x}` inserts a unique x blindly; `{f: 'read', value: [x, …]}` reads all that is
 * there.
 * Histories over independent keys carry `key` and are judged key by key.
 */
export type CausalReverseError = {
  readonly key: unknown;
  readonly op: KeyedOp;
  readonly index: number;
  /** Values missing, each with the value seen that was written later. */
  readonly missing: readonly { readonly value: unknown; readonly before: unknown }[];
  /** How many values the read should have contained because of what it did contain. */
  readonly expectedCount: number;
};

/** The verdict; `unknown` if nothing was read. */
export type CausalReverseVerdict = WorkloadVerdict & {
  readonly readCount: number;
  readonly errors: readonly CausalReverseError[];
};

type Writes = {
  /** When each write began, as a position in the history. */
  readonly began: ReadonlyMap<unknown, number>;
  /** Writes in the order in which they ended ok, with when. */
  readonly ended: readonly { readonly value: unknown; readonly at: number }[];
};

const writesOf = (ops: readonly KeyedOp[]): Writes => {
  const began = new Map<unknown, number>();
  const ended: { value: unknown; at: number }[] = [];
  for (const [at, op] of ops.entries()) {
    if (op.f !== 'write' || !isClientOp(op)) continue;
    const value = canonical(op.value);
    if (op.type === 'invoke') began.set(value, at);
    if (op.type === 'ok') ended.push({ value, at });
  }
  return { began, ended };
};

/** What a read saw obliges it to see every write that ended before the latest of these began. */
const judge = (
  writes: Writes,
  op: KeyedOp,
): Pick<CausalReverseError, 'missing' | 'expectedCount'> => {
  const seen = new Set((op.value as unknown[]).map(canonical));
  let [latest, witness]: [number, unknown] = [-1, undefined];
  for (const value of seen) {
    const began = writes.began.get(value) ?? -1;
    if (began > latest) [latest, witness] = [began, value];
  }
  const missing: { value: unknown; before: unknown }[] = [];
  let expectedCount = 0;
  for (const { value, at } of writes.ended) {
    if (at >= latest) break;
    expectedCount++;
    if (!seen.has(value)) missing.push({ value, before: witness });
  }
  return { missing, expectedCount };
};

/** Judges each read in time linear in what it should have seen, where comparing sets of predecessors is quadratic. */
export const checkCausalReverse = (ops: readonly KeyedOp[]): CausalReverseVerdict => {
  let readCount = 0;
  const errors = [...byKey(ops)].flatMap(([key, own]) => {
    const writes = writesOf(own);
    return own.flatMap((op, position): CausalReverseError[] => {
      if (op.f !== 'read' || op.type !== 'ok' || !Array.isArray(op.value)) return [];
      readCount++;
      const found = judge(writes, op);
      return found.missing.length === 0
        ? []
        : [{ key, op, index: indexOf(op, position), ...found }];
    });
  });
  return {
    valid: errors.length > 0 ? false : readCount === 0 ? 'unknown' : true,
    readCount,
    errors,
  };
};
