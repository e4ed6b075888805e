// Read committed, read atomic and causal consistency, decided exactly and in near-linear time, for registers and lists.
import type { Op } from '../op.ts';
import { causal } from './causal.ts';
import { commitCycles } from './cycles.ts';
import { CommitEdges } from './edges.ts';
import { type RawHistory, readHistory } from './history.ts';
import { readAtomic, readCommitted } from './levels.ts';
import { type Transactions, transactionsOf } from './transactions.ts';
import { versionOrders } from './versions.ts';
import { explainRead, Names, show, title, type WeakAnomaly } from './words.ts';

/** Levels this check decides, weakest first. */
export type WeakLevel = 'read-committed' | 'read-atomic' | 'causal';

/** What to check. */
export type WeakOptions = {
  readonly level: WeakLevel;
  /**
   * Whether the commit order respects each process's order; true unless said otherwise. `causal` means little
   * without.
   */
  readonly sessions?: boolean;
  /** How many anomalies of one type to describe; 16 unless said otherwise. */
  readonly limit?: number;
};

/** The verdict. `unknown` only where a value was written twice, so that nobody can say who read whom. */
export type WeakVerdict = {
  readonly valid: true | false | 'unknown';
  readonly level: string;
  readonly anomalyTypes: readonly string[];
  readonly anomalies: Readonly<Record<string, readonly WeakAnomaly[]>>;
};

/** Groups findings by type into a verdict, describing at most `limit` of each type. */
export const verdictOf = (
  level: string,
  found: readonly WeakAnomaly[],
  options: { limit: number; unknown?: boolean },
): WeakVerdict => {
  const anomalies: Record<string, WeakAnomaly[]> = {};
  for (const anomaly of found) {
    anomalies[anomaly.type] ??= [];
    if ((anomalies[anomaly.type]?.length ?? 0) < options.limit)
      anomalies[anomaly.type]?.push(anomaly);
  }
  const anomalyTypes = Object.keys(anomalies).sort();
  const valid = options.unknown === true ? 'unknown' : found.length === 0;
  return { valid, level, anomalyTypes, anomalies };
};

/** Values written by two transactions that may both have happened: then nobody can tell who read whom. */
export const duplicateWrites = (txns: Transactions): WeakAnomaly[] => {
  const names = new Names(txns);
  return txns.raw.duplicates.map(([write, row]) => {
    const [op, key] = [names.row(row), names.key(txns.raw.writeKey[write] as number)];
    const value = names.value(write);
    const text = `${title(op)} wrote ${show(value)} to ${show(key)}, which another transaction wrote too`;
    return { type: 'duplicate-writes', text, op, key, value };
  });
};

/** The same check on a history already in columns: what a benchmark measures apart from reading. */
export const checkWeakHistory = (raw: RawHistory, options: WeakOptions): WeakVerdict => {
  const limit = options.limit ?? 16;
  const txns = transactionsOf(raw, { sessions: options.sessions ?? true });
  const duplicates = duplicateWrites(txns);
  if (duplicates.length > 0) return verdictOf(options.level, duplicates, { limit, unknown: true });
  const edges = new CommitEdges();
  const names = new Names(txns);
  const wrong = [...txns.anomalies, ...versionOrders(txns, edges)].map((a) =>
    explainRead(names, a),
  );
  if (options.level === 'read-committed') readCommitted(txns, edges);
  if (options.level === 'read-atomic') readAtomic(txns, edges);
  // Where happened-before itself is cyclic, those cycles are the answer and no clock is needed.
  if (options.level === 'causal') causal(txns, edges);
  return verdictOf(options.level, [...wrong, ...commitCycles(txns, edges, limit)], { limit });
};

/**
 * Decides whether some order of commits explains the history at the level: exact where written values are unique
 * per key.
 * A transaction of unknown outcome counts as committed exactly if one of its writes was read; its own reads are
 * not trusted.
 */
export const checkWeak = (ops: readonly Op[], options: WeakOptions): WeakVerdict =>
  checkWeakHistory(readHistory(ops), options);
