// Snapshot isolation and serializability of register histories, without hints about version orders, within a budget.
import type { Op } from '../op.ts';
import { duplicateWrites, verdictOf, type WeakVerdict } from './check.ts';
import {
  type Contradiction,
  explainContradiction,
  explainCycle,
  explainForks,
} from './contradictions.ts';
import { shortCycles } from './graph.ts';
import { type RawHistory, readHistory } from './history.ts';
import { type Polygraph, polygraphOf, type SessionOrder, txnOfVertex } from './polygraph.ts';
import { type CycleEdge, searchOrder } from './search.ts';
import { transactionsOf } from './transactions.ts';
import { explainRead, Names, type OpIndex } from './words.ts';

/** What each level asks: one moment or two for each transaction, and which order it has to respect. */
const levels = {
  'snapshot-isolation': { snapshot: true, order: 'none' },
  'strong-session-snapshot-isolation': { snapshot: true, order: 'process' },
  'strong-snapshot-isolation': { snapshot: true, order: 'realtime' },
  serializable: { snapshot: false, order: 'none' },
  'strong-session-serializable': { snapshot: false, order: 'process' },
  'strict-serializable': { snapshot: false, order: 'realtime' },
} as const satisfies Record<string, { snapshot: boolean; order: SessionOrder }>;

/** Levels this check decides. */
export type SerialLevel = keyof typeof levels;

/** Names of the levels this check decides. */
export const serialLevels = Object.keys(levels) as readonly SerialLevel[];

/** What to check. */
export type SerialOptions = {
  readonly level: SerialLevel;
  /** Work, about one edge visit each, before the answer is `unknown`; 50 million unless said otherwise. */
  readonly budget?: number;
  /** How many anomalies of one type to describe; 16 unless said otherwise. */
  readonly limit?: number;
};

/** The verdict, with the order of commits that explains a valid history, and the work that it took. */
export type SerialVerdict = WeakVerdict & {
  readonly work: number;
  readonly order?: readonly OpIndex[];
  /** Why the answer is `unknown`, if it is. */
  readonly reason?: 'budget-exhausted' | 'duplicate-writes' | 'lists';
};

/** Cycles among the known edges, in the form that the search gives them. */
const knownCycles = (graph: Polygraph, limit: number): CycleEdge[][] => {
  const { from, to, link, key, version } = graph;
  const edges = { count: graph.vertices, from: from.view(), to: to.view() };
  return shortCycles(edges, limit).map((cycle) =>
    cycle.map((e) => ({
      from: from.at(e),
      to: to.at(e),
      link: link.at(e),
      key: key.at(e),
      version: version.at(e),
      assumed: false,
    })),
  );
};

/** Committed transactions by the rank of their commits. */
const commitOrder = (graph: Polygraph, rank: Int32Array): OpIndex[] => {
  const names = new Names(graph.txns);
  const order: number[] = [];
  const byRank = new Int32Array(rank.length);
  for (let v = 0; v < rank.length; v++) byRank[rank[v] as number] = v;
  for (const vertex of byRank) {
    const txn = txnOfVertex(graph.txns, graph.snapshot, vertex);
    if (txn > 0 && (!graph.snapshot || vertex % 2 === 1)) order.push(txn);
  }
  return order.map((txn) => names.txn(txn));
};

/** Stricter orders that explain a level's histories too, and are much easier to find where there is one. */
const stricter = { none: ['realtime', 'commits'], process: ['realtime'], realtime: [] } as const;

type Explained = { readonly order: readonly OpIndex[]; readonly work: number };

/** An order that respects more than it has to, or undefined if there is none or the budget does not find it. */
const explainStrictly = (
  raw: RawHistory,
  options: { snapshot: boolean; order: keyof typeof stricter; budget: number },
): Explained | undefined => {
  for (const order of stricter[options.order]) {
    const txns = transactionsOf(raw, { sessions: order === 'realtime' });
    const graph = polygraphOf(txns, { snapshot: options.snapshot, order });
    const found = searchOrder(graph, options.budget / 4);
    if (found?.valid === true) return { order: commitOrder(graph, found.rank), work: found.work };
  }
  return undefined;
};

/**
 * Decides whether a register history has an order that the level allows: exact within the budget, where written values
 * are unique per key. A transaction of unknown outcome counts as committed exactly if one of its writes was read.
 */
export const checkSerial = (ops: readonly Op[], options: SerialOptions): SerialVerdict => {
  const { level, budget = 50_000_000, limit = 16 } = options;
  const { snapshot, order } = levels[level];
  const raw = readHistory(ops);
  const txns = transactionsOf(raw, { sessions: order !== 'none' });
  const unknown = { limit, unknown: true };
  if (raw.lists) return { ...verdictOf(level, [], unknown), work: 0, reason: 'lists' };
  const duplicates = duplicateWrites(txns);
  if (duplicates.length > 0)
    return { ...verdictOf(level, duplicates, unknown), work: 0, reason: 'duplicate-writes' };
  const names = new Names(txns);
  const graph = polygraphOf(txns, { snapshot, order });
  const wrong = [...txns.anomalies.map((a) => explainRead(names, a)), ...explainForks(graph)];
  if (wrong.length > 0) return { ...verdictOf(level, wrong, { limit }), work: 0 };
  const explained = explainStrictly(raw, { snapshot, order, budget });
  if (explained !== undefined) return { ...verdictOf(level, [], { limit }), ...explained };
  const found = searchOrder(graph, budget);
  if (found === undefined) {
    const cycles = knownCycles(graph, limit).map((cycle) => explainCycle(graph, cycle));
    return { ...verdictOf(level, cycles, { limit }), work: 0 };
  }
  if (found.valid === 'unknown')
    return { ...verdictOf(level, [], unknown), work: found.work, reason: 'budget-exhausted' };
  if (found.valid)
    return {
      ...verdictOf(level, [], { limit }),
      work: found.work,
      order: commitOrder(graph, found.rank),
    };
  const contradiction: Contradiction = explainContradiction(graph, found.cycles.slice(0, limit));
  return { ...verdictOf(level, [contradiction], { limit }), work: found.work };
};
