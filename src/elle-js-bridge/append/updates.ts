// Anomalies of whole keys: duplicate elements, incompatible orders, dirty updates, lost updates.
import { mopCodes } from '../history/columns.ts';
import { kinds } from '../history/transactions.ts';
import type { Scalar } from '../op.ts';
import type { Finding } from '../result.ts';
import { nilRead, oddBase } from './lists.ts';
import { elementsRead, lengthRead, mopOf, opOf, valuesOf } from './reads.ts';
import type { AppendTable } from './table.ts';

const isPossible = (kind: number | undefined): boolean => kind === kinds.ok || kind === kinds.info;

const countsAbove = (list: Int32Array): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const element of list) counts.set(element, (counts.get(element) ?? 0) + 1);
  for (const [element, count] of counts) if (count < 2) counts.delete(element);
  return counts;
};

/** Reads in which an element stands more than once. */
export const duplicateElements = (table: AppendTable): Finding[] => {
  const findings: Finding[] = [];
  if (table.repeatedFrom.size === 0 && table.odd.length === 0) return findings;
  for (let txn = 0; txn < table.txns.count; txn++) {
    if (!isPossible(table.txns.kind[txn])) continue;
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) {
      if (table.mopF[at] !== mopCodes.r || table.mopValue[at] === nilRead) continue;
      const repeated = table.repeatedFrom.get(table.mopKey[at]!);
      const isClean = repeated === undefined || table.mopValue[at]! <= repeated;
      if (table.mopValue[at]! >= 0 && isClean) continue;
      const counts = countsAbove(elementsRead(table, at)!);
      if (counts.size === 0) continue;
      const duplicates = Object.fromEntries(
        [...counts].map(([element, count]) => [String(table.elementValue.at(element)), count]),
      );
      findings.push({ op: opOf(table, txn), mop: mopOf(table, at), duplicates });
    }
  }
  return findings;
};

const isPrefix = (a: Int32Array, b: Int32Array): boolean =>
  a.length <= b.length && a.every((element, i) => b[i] === element);

/** Different non-empty lists that were read of a set of keys. */
const distinctReads = (
  table: AppendTable,
  keys: ReadonlySet<number>,
): Map<number, Int32Array[]> => {
  const byKey = new Map<number, Map<string, Int32Array>>();
  for (let txn = 0; txn < table.txns.count; txn++) {
    if (!isPossible(table.txns.kind[txn])) continue;
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) {
      if (table.mopF[at] !== mopCodes.r || !keys.has(table.mopKey[at]!)) continue;
      if (lengthRead(table, at) < 1) continue;
      const list = elementsRead(table, at)!;
      const lists = byKey.get(table.mopKey[at]!) ?? new Map<string, Int32Array>();
      byKey.set(table.mopKey[at]!, lists.set(list.join(), list));
    }
  }
  return new Map([...byKey].map(([key, lists]) => [key, [...lists.values()]]));
};

/** Keys of which two reads contradict each other: the shortest such neighbours, by length. */
export const incompatibleOrders = (table: AppendTable): Finding[] => {
  if (table.incompatible.length === 0) return [];
  const findings: Finding[] = [];
  for (const [key, lists] of distinctReads(table, new Set(table.incompatible))) {
    const sorted = lists.sort((a, b) => a.length - b.length);
    const at = sorted.findIndex(
      (list, i) => i + 1 < sorted.length && !isPrefix(list, sorted[i + 1]!),
    );
    if (at < 0) continue;
    const values = [sorted[at]!, sorted[at + 1]!].map((list) => valuesOf(table, list));
    findings.push({ key: table.keys[key]!, values });
  }
  return findings;
};

/** An aborted append that a committed one was built upon: per key, along the version order. */
export const dirtyUpdates = (table: AppendTable): Finding[] => {
  const findings: Finding[] = [];
  if (!table.suspects.failed) return findings;
  const keys = new Set<number>();
  for (let element = 0; element < table.place.length; element++)
    if (table.failedWriter[element]! >= 0 && table.place[element]! >= 0)
      keys.add(table.elementKey[element]!);
  for (const key of [...keys].sort((a, b) => a - b)) findings.push(...dirtyUpdatesOf(table, key));
  return findings;
};

const dirtyUpdatesOf = (table: AppendTable, key: number): Finding[] => {
  const findings: Finding[] = [];
  let dirty: { txn: number; values: Scalar[] } | undefined;
  for (const element of table.order.subarray(table.orderStart[key], table.orderStart[key + 1])) {
    const value = table.elementValue.at(element);
    const failed = table.failedWriter[element]!;
    const writer = table.writer[element]!;
    if (failed >= 0) dirty = dirty ?? { txn: failed, values: [value] };
    else if (dirty && writer >= 0 && table.txns.kind[writer] === kinds.ok) {
      const txns = [opOf(table, dirty.txn), '...', opOf(table, writer)];
      findings.push({ key: table.keys[key]!, values: [...dirty.values, value], txns });
      dirty = undefined;
    } else dirty?.values.push(value);
  }
  return findings;
};

/** A number for what a transaction read first of a key: equal for equal values. Odd lists by their text. */
class ReadVersions {
  readonly #table: AppendTable;
  readonly #odd = new Map<string, number>();
  #next: number;

  constructor(table: AppendTable) {
    this.#table = table;
    this.#next = this.fixed;
  }

  /** Numbers below this stand for prefixes of trunks and for nil. */
  get fixed(): number {
    return this.#table.trunk.length + 2 * this.#table.keys.length;
  }

  of(at: number): number {
    const { mopKey, mopValue, trunkStart, odd } = this.#table;
    const key = mopKey[at]!;
    if (mopValue[at]! > oddBase) return trunkStart[key]! + 2 * key + mopValue[at]! + 1;
    const text = `${key}:${odd[oddBase - mopValue[at]!]!.join()}`;
    const known = this.#odd.get(text) ?? this.#next++;
    this.#odd.set(text, known);
    return known;
  }
}

/** Calls back for each (transaction, version) where the version was the first read and an append to its key follows. */
const forEachUpdate = (
  table: AppendTable,
  versions: ReadVersions,
  visit: (txn: number, version: number, at: number) => void,
): void => {
  const readBy = new Int32Array(table.keys.length).fill(-1);
  const readAt = new Int32Array(table.keys.length);
  for (let txn = 0; txn < table.txns.count; txn++) {
    if (table.txns.kind[txn] !== kinds.ok) continue;
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) {
      const key = table.mopKey[at]!;
      if (table.mopF[at] === mopCodes.r) {
        if (readBy[key] === txn) continue;
        readBy[key] = txn;
        readAt[key] = at;
      } else if (readBy[key] === txn && readAt[key]! >= 0) {
        visit(txn, versions.of(readAt[key]!), readAt[key]!);
        readAt[key] = -1;
      }
    }
  }
};

/** Committed transactions that read the same version of a key and then each appended to it. */
export const lostUpdates = (table: AppendTable): Finding[] => {
  const versions = new ReadVersions(table);
  let counts = new Uint8Array(versions.fixed + 1024);
  let found = false;
  forEachUpdate(table, versions, (_txn, version) => {
    if (version >= counts.length) {
      const larger = new Uint8Array(version * 2);
      larger.set(counts);
      counts = larger;
    }
    if (counts[version]! > 0) found = true;
    counts[version] = Math.min(2, counts[version]! + 1);
  });
  if (!found) return [];
  const groups = new Map<number, { at: number; txns: number[] }>();
  forEachUpdate(table, versions, (txn, version, at) => {
    if (counts[version]! < 2) return;
    const group = groups.get(version);
    if (group) group.txns.push(txn);
    else groups.set(version, { at, txns: [txn] });
  });
  return [...groups.values()].map(({ at, txns }) => {
    const list = elementsRead(table, at);
    return {
      key: table.keys[table.mopKey[at]!]!,
      value: list === null ? null : valuesOf(table, list),
      txns: txns.map((txn) => opOf(table, txn)),
    };
  });
};
