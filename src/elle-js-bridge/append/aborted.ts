// Reads of what must not be read: aborted (G1a), intermediate (G1b) and garbage elements, and elements of open appends.
import { mopCodes } from '../history/columns.ts';
import { kinds } from '../history/transactions.ts';
import type { Finding } from '../result.ts';
import { oddBase } from './lists.ts';
import { elementsRead, lastRead, mopOf, opOf } from './reads.ts';
import type { AppendTable } from './table.ts';

/** Of each key, the places in its trunk that satisfy a test; keys without any are absent. */
const placesWhere = (
  table: AppendTable,
  test: (element: number) => boolean,
): Map<number, number[]> => {
  const places = new Map<number, number[]>();
  let key = 0;
  for (let at = 0; at < table.trunk.length; at++) {
    while (table.trunkStart[key + 1]! <= at) key++;
    if (!test(table.trunk[at]!)) continue;
    const known = places.get(key);
    if (known) known.push(at - table.trunkStart[key]!);
    else places.set(key, [at - table.trunkStart[key]!]);
  }
  return places;
};

type Sight = { readonly txn: number; readonly at: number; readonly element: number };

/** Every read that saw an element satisfying the test, one sight an element; `counts` chooses the readers. */
const sightsOf = (
  table: AppendTable,
  test: (element: number) => boolean,
  counts: (kind: number) => boolean,
): Sight[] => {
  const places = placesWhere(table, test);
  const odd = table.odd.map((list) => list.filter(test));
  const sights: Sight[] = [];
  if (places.size === 0 && odd.every((list) => list.length === 0)) return sights;
  for (let txn = 0; txn < table.txns.count; txn++) {
    if (!counts(table.txns.kind[txn]!)) continue;
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++)
      if (table.mopF[at] === mopCodes.r)
        for (const element of seenAmong(table, at, { places, odd }))
          sights.push({ txn, at, element });
  }
  return sights;
};

type Wanted = {
  /** Of each key, places in its trunk. */
  readonly places: ReadonlyMap<number, readonly number[]>;
  /** Of each odd list, elements. */
  readonly odd: readonly Int32Array[];
};

/** The elements wanted that a read saw. */
const seenAmong = (
  table: AppendTable,
  at: number,
  { places, odd }: Wanted,
): ArrayLike<number> & Iterable<number> => {
  const value = table.mopValue[at]!;
  if (value <= oddBase) return odd[oddBase - value]!;
  const seen = places.get(table.mopKey[at]!)?.filter((place) => place < value) ?? [];
  return seen.map((place) => elementsRead(table, at)![place]!);
};

const isOk = (kind: number): boolean => kind === kinds.ok;
const isComplete = (kind: number): boolean => kind !== kinds.open;

/** A sight as evidence; without a writer where there is none. */
const findingOf = (table: AppendTable, { txn, at, element }: Sight, writer: number): Finding => ({
  op: opOf(table, txn),
  mop: mopOf(table, at),
  ...(writer < 0 ? {} : { writer: opOf(table, writer) }),
  element: table.elementValue.at(element),
});

/** G1a: committed transactions that read what an aborted one appended. */
export const abortedReads = (table: AppendTable): Finding[] => {
  if (!table.suspects.failed) return [];
  const isFailed = (element: number): boolean => table.failedWriter[element]! >= 0;
  return sightsOf(table, isFailed, isOk).map((sight) =>
    findingOf(table, sight, table.failedWriter[sight.element]!),
  );
};

/** Elements that nobody in the whole history appended. */
export const garbageReads = (table: AppendTable): Finding[] => {
  if (!table.suspects.garbage) return [];
  const { writer, failedWriter, openWriter } = table;
  const isGarbage = (element: number): boolean =>
    writer[element]! < 0 && failedWriter[element]! < 0 && openWriter[element]! < 0;
  return sightsOf(table, isGarbage, isComplete).map((sight) => findingOf(table, sight, -1));
};

/** Reads of what a transaction appended that is still open when the history ends. */
export const openReads = (table: AppendTable): Finding[] => {
  if (!table.suspects.open) return [];
  const isOpen = (element: number): boolean => table.openWriter[element]! >= 0;
  return sightsOf(table, isOpen, isComplete).map((sight) =>
    findingOf(table, sight, table.openWriter[sight.element]!),
  );
};

/** Elements followed by another append of the same transaction to the same key: who appended them, or −1. */
const intermediateWriters = (table: AppendTable): Int32Array => {
  const writers = new Int32Array(table.place.length).fill(-1);
  const lastAppend = new Int32Array(table.keys.length).fill(-1);
  const lastTxn = new Int32Array(table.keys.length).fill(-1);
  for (let txn = 0; txn < table.txns.count; txn++)
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) {
      if (table.mopF[at] !== mopCodes.append) continue;
      const key = table.mopKey[at]!;
      if (lastTxn[key] === txn) writers[lastAppend[key]!] = txn;
      lastTxn[key] = txn;
      lastAppend[key] = table.mopValue[at]!;
    }
  return writers;
};

/** G1b: committed transactions whose read ends in an intermediate append of another one. */
export const intermediateReads = (table: AppendTable): Finding[] => {
  const writers = intermediateWriters(table);
  const findings: Finding[] = [];
  for (let txn = 0; txn < table.txns.count; txn++) {
    if (table.txns.kind[txn] !== kinds.ok) continue;
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) {
      if (table.mopF[at] !== mopCodes.r) continue;
      const element = lastRead(table, at);
      if (element < 0 || writers[element]! < 0 || writers[element] === txn) continue;
      findings.push({
        op: opOf(table, txn),
        mop: mopOf(table, at),
        writer: opOf(table, writers[element]!),
        element: table.elementValue.at(element),
      });
    }
  }
  return findings;
};
