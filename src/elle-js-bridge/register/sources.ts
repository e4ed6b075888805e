// Where the order of versions comes from: the initial state, given orders, writes after reads, sessions, real time.
import { forEachSuccessor } from '../graph/orders.ts';
import { kinds } from '../history/transactions.ts';
import type { CheckOptions } from '../options.ts';
import { linearizableOrder } from './linearizable.ts';
import { externalRead, externalWrite, type RegisterTable } from './table.ts';
import { touchesOf, VersionEdges } from './touches.ts';

/** One way to infer the order of versions. */
export type VersionSource = {
  readonly name: string;
  readonly edges: VersionEdges;
};

const isPossible = (kind: number | undefined): boolean => kind === kinds.ok || kind === kinds.info;

/** Everything comes after nil. */
const initialState = (table: RegisterTable): VersionEdges => {
  const edges = new VersionEdges();
  const done = new Uint8Array(table.versionValue.length);
  for (let txn = 0; txn < table.txns.count; txn++) {
    const kind = table.txns.kind[txn];
    if (!isPossible(kind) && table.happened[txn] !== 1) continue;
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) {
      const isRead = table.external[at] === externalRead && kind === kinds.ok;
      const version = table.mopVersion[at]!;
      if ((!isRead && table.external[at] !== externalWrite) || done[version] === 1) continue;
      done[version] = 1;
      edges.add(table.nilOf[table.mopKey[at]!]!, version);
    }
  }
  return edges;
};

const transactionOrder = (
  table: RegisterTable,
  order: Readonly<Record<string, number>>,
): VersionEdges => {
  const edges = new VersionEdges();
  const placeOf = (txn: number): number =>
    order[table.source.op(table.txns.position[txn]!).index ?? -1] ?? -1;
  const txns = Array.from(table.txns.kind.keys())
    .filter((txn) => isPossible(table.txns.kind[txn]))
    .sort((a, b) => placeOf(a) - placeOf(b));
  const last = new Int32Array(table.keys.length).fill(-1);
  for (const txn of txns)
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) {
      if (table.external[at] !== externalWrite) continue;
      edges.add(last[table.mopKey[at]!]!, table.mopVersion[at]!);
      last[table.mopKey[at]!] = table.mopVersion[at]!;
    }
  return edges;
};

/** Within a transaction, what is written comes after what was read. */
const writesFollowReads = (table: RegisterTable): VersionEdges => {
  const edges = new VersionEdges();
  const readBy = new Int32Array(table.keys.length).fill(-1);
  const read = new Int32Array(table.keys.length);
  for (let txn = 0; txn < table.txns.count; txn++) {
    if (table.txns.kind[txn] !== kinds.ok) continue;
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) {
      const key = table.mopKey[at]!;
      const version = table.mopVersion[at]!;
      if (table.external[at] === externalRead) {
        readBy[key] = version === table.nilOf[key] ? -1 : txn;
        read[key] = version;
      } else if (table.external[at] === externalWrite && readBy[key] === txn)
        edges.add(read[key]!, version);
    }
  }
  return edges;
};

/** Each session sees each key move forward only. */
const sequentialOrder = (table: RegisterTable): VersionEdges => {
  const edges = new VersionEdges();
  const lastOf = new Map<number, Map<number, number>>();
  const touch = (txn: number): void => {
    const process = table.txns.process[txn]!;
    const last = lastOf.get(process) ?? new Map<number, number>();
    lastOf.set(process, last);
    for (const { key, leaves, finds } of touchesOf(table, txn)) {
      edges.add(last.get(key) ?? -1, finds);
      last.set(key, leaves);
    }
  };
  const begun = new Set<number>();
  forEachSuccessor(table.txns, (before, after) => {
    if (!begun.has(table.txns.process[before]!)) touch(before);
    begun.add(table.txns.process[before]!);
    touch(after);
  });
  return edges;
};

/** The sources that were asked for, in the order in which they are believed. */
export const versionSources = (table: RegisterTable, options: CheckOptions): VersionSource[] => {
  const sources: VersionSource[] = [{ name: 'initial-state', edges: initialState(table) }];
  if (options.transactionOrder) {
    const edges = transactionOrder(table, options.transactionOrder);
    sources.push({ name: 'transaction-order', edges });
  }
  if (options.wfrKeys) sources.push({ name: 'wfr-keys', edges: writesFollowReads(table) });
  if (options.sequentialKeys)
    sources.push({ name: 'sequential-keys', edges: sequentialOrder(table) });
  if (options.linearizableKeys)
    sources.push({ name: 'linearizable-keys', edges: linearizableOrder(table) });
  return sources;
};
