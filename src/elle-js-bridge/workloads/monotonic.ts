// Monotonic: the values of each key only ever grow, so operations that saw less come before operations that saw more.
import type { Op } from '../op.ts';
import { type DependencyCycle, DependencyGraph } from './dependency-graph.ts';
import { canonical, completionsOf, entriesOf, type WorkloadVerdict } from './verdict.ts';

/**
 * Operations: `{f: 'inc', value: {key: n}}` raises keys, and says to what; `{f: 'read', value: {key: n, …}}`
 * reads several
 * keys at once (records, Maps or lists of pairs; null balances of unborn keys count as minus infinity). Only completed
 * operations are judged, `f` is not looked at.
 */
export type MonotonicOptions = {
  /** Also hold each process to its order; true unless said otherwise. */
  readonly processes?: boolean;
  /** Also hold all to real time; false unless said otherwise. */
  readonly realtime?: boolean;
};

/** The verdict, with cycles of operations of which each saw less of a key than the next, or came earlier. */
export type MonotonicVerdict = WorkloadVerdict & {
  readonly opCount: number;
  readonly cycles: readonly DependencyCycle[];
  /** Cycles counted, one for each strongly connected component. */
  readonly cycleCount: number;
};

type Seen = { readonly node: number; readonly value: number };

/** All who saw a value come before all who saw the next one up. */
const link = (graph: DependencyGraph, key: unknown, seen: readonly Seen[]): void => {
  const groups = [...Map.groupBy(seen, ({ value }) => value)].sort(([a], [b]) => a - b);
  const nodesOf = (group: (typeof groups)[number]): number[] => group[1].map(({ node }) => node);
  for (const [i, group] of groups.entries()) {
    const next = groups[i + 1];
    if (next === undefined) return;
    const text = `saw ${JSON.stringify(key)} at ${group[0]}, less than the ${next[0]} of`;
    graph.addAll({ from: nodesOf(group), to: nodesOf(next), relation: 'wr', key, text });
  }
};

const suffixOf = ({ type }: DependencyCycle): string =>
  /-(process|realtime)$/.exec(type)?.[0] ?? '';

/** Looks for cycles among observations of growing values. */
export const checkMonotonic = (
  ops: readonly Op[],
  options: MonotonicOptions = {},
): MonotonicVerdict => {
  const nodes = completionsOf(ops).filter(
    ({ op }) => op.type === 'ok' && entriesOf(op.value).length > 0,
  );
  const graph = new DependencyGraph(nodes);
  const keys = new Map<unknown, { key: unknown; seen: Seen[] }>();
  for (const [node, { op }] of nodes.entries())
    for (const [key, value] of entriesOf(op.value)) {
      const own = keys.get(canonical(key)) ?? { key, seen: [] };
      keys.set(canonical(key), own);
      own.seen.push({ node, value: value === null ? Number.NEGATIVE_INFINITY : Number(value) });
    }
  for (const { key, seen } of keys.values()) link(graph, key, seen);
  if (options.processes ?? true) graph.addProcesses();
  if (options.realtime === true) graph.addRealtime();
  const cycles = graph
    .cycles()
    .map((cycle) => ({ ...cycle, type: `nonmonotonic${suffixOf(cycle)}` }));
  return {
    valid: cycles.length > 0 ? false : nodes.length === 0 ? 'unknown' : true,
    opCount: nodes.length,
    cycles,
    cycleCount: cycles.length,
  };
};
