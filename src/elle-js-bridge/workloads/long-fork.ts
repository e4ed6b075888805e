// Long fork: two reads that see two writes in opposite orders, which snapshot isolation forbids.
import type { Op } from '../op.ts';
import { canonical, isClientOp, type WorkloadVerdict } from './verdict.ts';

/**
 * Operations: writes `value: [['w', k, v]]` of one key each, every key at most once; reads `value: [['r', k, v |
 * null], …]`
 * of a whole group of keys. Keys belong together in groups of `groupSize` by what is read together.
 */
export type LongForkOptions = {
  /** Keys of a group; 2 unless said otherwise. */
  readonly groupSize?: number;
};

/** Two reads of one group, each of which sees a write that the other misses. */
export type Fork = {
  readonly reads: readonly [Op, Op];
  /** A key that only the first read saw, and one that only the second saw. */
  readonly keys: readonly [unknown, unknown];
};

/** The verdict, with the fields of Jepsen's; at most one fork for each two neighbouring states. */
export type LongForkVerdict = WorkloadVerdict & {
  readonly readsCount: number;
  /** Reads that saw nothing, and reads that saw everything: they tell nothing. */
  readonly earlyReadCount: number;
  readonly lateReadCount: number;
  readonly forks?: readonly Fork[];
  readonly error?: readonly [
    type: 'multiple-writes' | 'wrong-group-size' | 'distinct-values' | 'overlapping-groups',
    detail: unknown,
  ];
};

type Mop = readonly [f: string, key: unknown, value: unknown];
type State = { readonly op: Op; readonly seen: ReadonlySet<unknown>; readonly size: number };

const isRead = (op: Op): op is Op<Mop[]> =>
  Array.isArray(op.value) && op.value.length > 0 && op.value.every((mop) => mop[0] === 'r');

const present = (value: unknown): boolean => value !== null && value !== undefined;

const writtenTwice = (ops: readonly Op[]): unknown => {
  const written = new Set<unknown>();
  for (const op of ops) {
    if (op.type !== 'invoke' || !Array.isArray(op.value)) continue;
    for (const [f, key] of op.value as Mop[]) {
      if (f === 'r') continue;
      if (written.has(canonical(key))) return key;
      written.add(canonical(key));
    }
  }
  return undefined;
};

class Groups {
  /** Distinct states of each group; reads of the same state tell the same. */
  readonly groups = new Map<string, Map<string, State>>();
  error: LongForkVerdict['error'];
  readonly #values = new Map<unknown, unknown>();
  readonly #groupOf = new Map<unknown, string>();

  add(op: Op<Mop[]>, groupSize: number): void {
    const mops = op.value.toSorted((a, b) => (`${a[1]}` < `${b[1]}` ? -1 : 1));
    const keys = mops.map(([, key]) => canonical(key));
    if (new Set(keys).size !== groupSize) this.error ??= ['wrong-group-size', op];
    const name = JSON.stringify(keys.map(String));
    const seen = new Set<unknown>();
    for (const [i, key] of keys.entries()) {
      const group = this.#groupOf.get(key);
      if (group === undefined) this.#groupOf.set(key, name);
      else if (group !== name) this.error ??= ['overlapping-groups', op];
      const value = mops[i]?.[2];
      if (!present(value)) continue;
      seen.add(key);
      const known = this.#values.get(key);
      if (known === undefined) this.#values.set(key, canonical(value));
      else if (known !== canonical(value)) this.error ??= ['distinct-values', { key, op }];
    }
    const states = this.groups.get(name) ?? new Map<string, State>();
    this.groups.set(name, states);
    const state = keys.map((key) => (seen.has(key) ? '1' : '0')).join('');
    if (!states.has(state)) states.set(state, { op, seen, size: seen.size });
  }

  /** States without a fork form a chain: sorted by size, each is part of the next. */
  forks(): Fork[] {
    return [...this.groups.values()].flatMap((states) => {
      const sorted = [...states.values()].sort((a, b) => a.size - b.size);
      return sorted.flatMap((state, i): Fork[] => {
        const before = sorted[i - 1];
        const missed = before && [...before.seen].find((key) => !state.seen.has(key));
        if (before === undefined || missed === undefined) return [];
        const other = [...state.seen].find((key) => !before.seen.has(key));
        return [{ reads: [before.op, state.op], keys: [missed, other] }];
      });
    });
  }
}

/** Looks for forks in time O(reads), where comparing all pairs would take O(reads²). */
export const checkLongFork = (
  ops: readonly Op[],
  options: LongForkOptions = {},
): LongForkVerdict => {
  const groups = new Groups();
  const reads = ops.filter((op) => op.type === 'ok' && isClientOp(op)).filter(isRead);
  const counts = {
    readsCount: reads.length,
    earlyReadCount: reads.filter((op) => op.value.every((mop) => !present(mop[2]))).length,
    lateReadCount: reads.filter((op) => op.value.every((mop) => present(mop[2]))).length,
  };
  const twice = writtenTwice(ops);
  if (twice !== undefined)
    return { valid: 'unknown', ...counts, error: ['multiple-writes', twice] };
  for (const op of reads) groups.add(op, options.groupSize ?? 2);
  if (groups.error !== undefined) return { valid: 'unknown', ...counts, error: groups.error };
  const forks = groups.forks();
  return forks.length > 0 ? { valid: false, ...counts, forks } : { valid: true, ...counts };
};
