// Where cycles of certain relations lie: exact, by components, without searching for a cycle.
import { components } from '../graph/components.ts';
import { Edges, type Layout, layOut } from '../graph/edges.ts';
import type { Part } from './part.ts';
import type { ExistsSpec } from './specs.ts';

/**
 * Every vertex twice: reached by a free edge or at the start (2v), reached by an edge that may not be
 * followed by its like (2v + 1). A cycle here is a cycle without two such edges in a row.
 */
const doubled = (layout: Layout, spec: ExistsSpec): Layout => {
  const edges = new Edges(layout.to.length * 2 + 16);
  for (let v = 0; v < layout.count; v++)
    for (let at = layout.start[v]!; at < layout.start[v + 1]!; at++) {
      const mask = layout.mask[at]!;
      const w = layout.to[at]!;
      if (mask === 0) {
        edges.add(2 * v, 2 * w, 0);
        edges.add(2 * v + 1, 2 * w + 1, 0);
      }
      if ((mask & spec.free) !== 0) {
        edges.add(2 * v, 2 * w, mask);
        edges.add(2 * v + 1, 2 * w, mask);
      }
      if ((mask & spec.single) !== 0) edges.add(2 * v, 2 * w + 1, mask);
    }
  return layOut(edges, 2 * layout.count);
};

const selfLoops = (layout: Layout, allow: number): Int32Array[] => {
  const loops: Int32Array[] = [];
  for (let v = 0; v < layout.count; v++)
    for (let at = layout.start[v]!; at < layout.start[v + 1]!; at++)
      if (layout.to[at] === v && (layout.mask[at]! & allow) !== 0) loops.push(Int32Array.of(v));
  return loops;
};

const txnsIn = (part: Part, vertices: Int32Array, isDoubled: boolean): Int32Array => {
  const txns = new Set<number>();
  for (const vertex of vertices) {
    const v = isDoubled ? vertex >> 1 : vertex;
    if (v < part.txns) txns.add(v);
  }
  return Int32Array.from(txns).sort();
};

/** The transactions of each component in which such a cycle lies; empty when there is none. */
export const cycleHomes = (part: Part, spec: ExistsSpec): Int32Array[] => {
  const isDoubled = spec.single !== 0;
  const layout = isDoubled ? doubled(part.timed, spec) : part.timed;
  const found = components(layout, isDoubled ? 255 : spec.free)
    .map((vertices) => txnsIn(part, vertices, isDoubled))
    .filter((txns) => txns.length > 1);
  return [...found, ...selfLoops(part.plain, spec.free)];
};
