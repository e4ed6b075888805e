// The order of versions when each key is linearizable: what ended before something began comes before it.
import { kinds } from '../history/transactions.ts';
import type { RegisterTable } from './table.ts';
import { type Touch, touchesOf, VersionEdges } from './touches.ts';

type Visit = Touch & { readonly txn: number };

const visitsByKey = (table: RegisterTable): Visit[][] => {
  const visits: Visit[][] = table.keys.map(() => []);
  for (let txn = 0; txn < table.txns.count; txn++) {
    const kind = table.txns.kind[txn];
    if (kind !== kinds.ok && kind !== kinds.info) continue;
    for (const touch of touchesOf(table, txn)) visits[touch.key]!.push({ ...touch, txn });
  }
  return visits;
};

/** Links every visit to those after it, leaving out what follows through a visit in between. */
const linkKey = (table: RegisterTable, visits: readonly Visit[], edges: VersionEdges): void => {
  const { invokedAt, position, kind } = table.txns;
  const begun = visits
    .filter((visit) => invokedAt[visit.txn]! >= 0)
    .sort((a, b) => invokedAt[a.txn]! - invokedAt[b.txn]!);
  const before = new Map<number, readonly Visit[]>();
  let open: readonly Visit[] = [];
  let next = 0;
  const beginUntil = (at: number): void => {
    for (; next < begun.length && invokedAt[begun[next]!.txn]! < at; next++) {
      const visit = begun[next]!;
      before.set(visit.txn, open);
      for (const earlier of open) edges.add(earlier.leaves, visit.finds);
    }
  };
  for (const visit of visits) {
    if (kind[visit.txn] !== kinds.ok) continue;
    beginUntil(position[visit.txn]!);
    const covered = new Set(isTransparent(visit) ? before.get(visit.txn) : []);
    open = [...open.filter((earlier) => !covered.has(earlier)), visit];
  }
  beginUntil(table.txns.positions);
};

/** What comes before such a visit comes, through it, before what follows it. */
const isTransparent = (visit: Visit): boolean => visit.leaves === visit.finds;

export const linearizableOrder = (table: RegisterTable): VersionEdges => {
  const edges = new VersionEdges();
  for (const visits of visitsByKey(table)) linkKey(table, visits, edges);
  return edges;
};
