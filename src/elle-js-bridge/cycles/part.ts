// One strongly connected part of a history's graph, with numbers of its own.

import { components } from '../graph/components.ts';
import { addMoments, type Dependencies, type Moments } from '../graph/dependencies.ts';
import { Edges, joinParallel, type Layout, layOut } from '../graph/edges.ts';
import { bits } from '../graph/relations.ts';

/** A component: transactions 0 … txns − 1, then hubs, then (only in `timed`) moments. */
export type Part = {
  readonly txns: number;
  /** Number in the whole history of each transaction. */
  readonly whole: Int32Array;
  /** Edges between transactions and hubs; parallel ones joined. */
  readonly plain: Layout;
  /** The same with real time through moments. */
  readonly timed: Layout;
  readonly moments: Moments | undefined;
  /** Every relation that occurs. */
  readonly relations: number;
};

/** Components of at least two transactions, by their first transaction. */
export const partsOf = (graph: Dependencies): Part[] => {
  const blocks = findBlocks(graph);
  const timed = keepInBlocks(graph, blocks);
  if (timed.length === 0) return [];
  const count = graph.realtime
    ? addMoments(timed, withinBlocks(graph.realtime, blocks), graph.vertices)
    : graph.vertices;
  const layout = layOut(timed, count);
  const numbers = new Int32Array(count).fill(-1);
  return components(layout, 255)
    .filter((vertices) => vertices.length > 1 && vertices[1]! < graph.txns)
    .sort((a, b) => a[0]! - b[0]!)
    .map((vertices) => cutOut({ graph, layout, vertices, numbers }));
};

/**
 * A cycle comes back somewhere from a transaction to one that completed before it. So it lies within a run of
 * transactions in order of completion over which such edges reach without a gap; healthy histories have few.
 * The number of each transaction's run; −1 outside of all.
 */
const findBlocks = (graph: Dependencies): Int32Array => {
  const { txns, edges } = graph;
  const reach = new Int32Array(txns + 1);
  const lastIn = new Int32Array(graph.vertices - txns).fill(-1);
  const firstOut = new Int32Array(graph.vertices - txns).fill(txns);
  const cover = (from: number, to: number): void => {
    if (from < to) return;
    reach[to]!++;
    reach[from + 1]!--;
  };
  for (let at = 0; at < edges.length; at++) {
    const from = edges.from[at]!;
    const to = edges.to[at]!;
    if (from >= txns) firstOut[from - txns] = Math.min(firstOut[from - txns]!, to);
    else if (to >= txns) lastIn[to - txns] = Math.max(lastIn[to - txns]!, from);
    else if (from >= to) cover(from, to);
  }
  for (let hub = 0; hub < lastIn.length; hub++) cover(lastIn[hub]!, firstOut[hub]!);
  return numberRuns(reach, txns);
};

/** A transaction is in a run while edges reach over it; edges that end where others begin share one. */
const numberRuns = (reach: Int32Array, txns: number): Int32Array => {
  const block = new Int32Array(txns).fill(-1);
  let [depth, number] = [0, -1];
  for (let txn = 0; txn < txns; txn++) {
    if (depth === 0 && reach[txn]! > 0) number++;
    depth += reach[txn]!;
    if (depth > 0) block[txn] = number;
  }
  return block;
};

/** The edges that can lie on cycles, and those of hubs. */
const keepInBlocks = (graph: Dependencies, block: Int32Array): Edges => {
  const { txns, edges } = graph;
  if (!block.some((number) => number >= 0)) return new Edges(16);
  const room = graph.realtime ? 3 * txns : 0;
  const kept = new Edges(16 + room + (edges.length >> 1));
  for (let at = 0; at < edges.length; at++) {
    const from = edges.from[at]!;
    const to = edges.to[at]!;
    const fromBlock = from < txns ? block[from]! : hubBlock;
    const toBlock = to < txns ? block[to]! : hubBlock;
    const isHub = fromBlock === hubBlock || toBlock === hubBlock;
    if (fromBlock !== -1 && toBlock !== -1 && (isHub || fromBlock === toBlock))
      kept.add(from, to, edges.mask[at]!);
  }
  return kept;
};

/** Real time among the transactions of blocks; it leads nowhere for the others. */
const withinBlocks = (moments: Moments, block: Int32Array): Moments => ({
  invokedAt: moments.invokedAt.map((at, txn) => (block[txn]! < 0 ? -1 : at)),
  completedAt: moments.completedAt.map((at, txn) => (block[txn]! < 0 ? -1 : at)),
  positions: moments.positions,
});

/** Hubs are in every block. */
const hubBlock = -2;

const copyEdges = (from: Edges, to: Edges): void => {
  to.from.set(from.from.subarray(0, from.length));
  to.to.set(from.to.subarray(0, from.length));
  to.mask.set(from.mask.subarray(0, from.length));
  to.length = from.length;
};

type Cut = {
  readonly graph: Dependencies;
  readonly layout: Layout;
  /** Sorted: transactions, hubs, moments. */
  readonly vertices: Int32Array;
  /** Scratch: −1 everywhere before and after. */
  readonly numbers: Int32Array;
};

const cutOut = ({ graph, layout, vertices, numbers }: Cut): Part => {
  const txns = countBelow(vertices, graph.txns);
  const inPlain = countBelow(vertices, graph.vertices);
  for (let local = 0; local < inPlain; local++) numbers[vertices[local]!] = local;
  const edges = new Edges(64);
  for (let local = 0; local < inPlain; local++) {
    const v = vertices[local]!;
    for (let at = layout.start[v]!; at < layout.start[v + 1]!; at++) {
      const to = numbers[layout.to[at]!]!;
      if (to >= 0) edges.add(local, to, layout.mask[at]!);
    }
  }
  for (let local = 0; local < inPlain; local++) numbers[vertices[local]!] = -1;
  const whole = vertices.slice(0, txns);
  return { txns, whole, ...layoutsOf(edges, inPlain, momentsOf(graph.realtime, whole)) };
};

const layoutsOf = (
  edges: Edges,
  vertices: number,
  moments: Moments | undefined,
): Pick<Part, 'plain' | 'timed' | 'moments' | 'relations'> => {
  const plain = joinParallel(layOut(edges, vertices));
  const relations = plain.mask.reduce((all, mask) => all | mask, 0);
  if (!moments) return { plain, timed: plain, moments, relations };
  const more = new Edges(edges.length + 4 * moments.invokedAt.length + 16);
  copyEdges(edges, more);
  const count = addMoments(more, moments, vertices);
  return { plain, timed: layOut(more, count), moments, relations: relations | bits.realtime };
};

/** The moments of some transactions, positions numbered anew. */
const momentsOf = (realtime: Moments | undefined, whole: Int32Array): Moments | undefined => {
  if (!realtime) return undefined;
  const invoked = whole.map((v) => realtime.invokedAt[v]!);
  const completed = whole.map((v) => realtime.completedAt[v]!);
  const all = new Int32Array(whole.length * 2);
  all.set(invoked);
  all.set(completed, whole.length);
  const sorted = [...new Set(all.sort())].filter((position) => position >= 0);
  const rank = new Map(sorted.map((position, i) => [position, i]));
  const ranked = (positions: Int32Array): Int32Array => positions.map((at) => rank.get(at) ?? -1);
  return {
    invokedAt: ranked(invoked),
    completedAt: ranked(completed),
    positions: sorted.length,
  };
};

const countBelow = (sorted: Int32Array, bound: number): number => {
  let count = 0;
  while (count < sorted.length && sorted[count]! < bound) count++;
  return count;
};
