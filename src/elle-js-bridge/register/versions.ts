// Joins the sources of version orders, leaving out those that contradict what was believed before.
import { components } from '../graph/components.ts';
import { Edges, joinParallel, type Layout, layOut } from '../graph/edges.ts';
import type { CheckOptions } from '../options.ts';
import type { Finding } from '../result.ts';
import { type VersionSource, versionSources } from './sources.ts';
import type { RegisterTable } from './table.ts';

/** The order of versions, and the keys for which a source contradicted itself or the ones before it. */
export type VersionOrder = {
  readonly layout: Layout;
  readonly cyclic: readonly Finding[];
};

const layoutOf = (table: RegisterTable, sources: readonly VersionSource[]): Layout => {
  const edges = new Edges();
  for (const { edges: more } of sources)
    for (let i = 0; i < more.from.length; i++) edges.add(more.from.items[i]!, more.to.items[i]!, 1);
  return joinParallel(layOut(edges, table.versionValue.length));
};

const compareValues = (a: unknown, b: unknown): number => {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return (a as number) < (b as number) ? -1 : 1;
};

/** Believes one source after the other. */
export const orderVersions = (table: RegisterTable, options: CheckOptions): VersionOrder => {
  const [initial, ...others] = versionSources(table, options);
  // From nil to everything else: the first source cannot contradict itself.
  let believed: VersionSource[] = [initial!];
  let layout = layoutOf(table, believed);
  const cyclic: Finding[] = [];
  for (const source of others) {
    const all = [...believed, source];
    const joined = layoutOf(table, all);
    const found = components(joined, 255);
    for (const versions of found)
      cyclic.push({
        key: table.keys[table.versionKey[versions[0]!]!]!,
        scc: Array.from(versions, (v) => table.versionValue.at(v)).sort(compareValues),
        sources: all.map(({ name }) => name),
      });
    if (found.length > 0) continue;
    believed = all;
    layout = joined;
  }
  return { layout, cyclic };
};
