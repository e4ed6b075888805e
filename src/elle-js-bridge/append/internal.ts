// A transaction against itself: internal inconsistency and future reads.
import { mopCodes } from '../history/columns.ts';
import { Ints } from '../history/growable.ts';
import { kinds } from '../history/transactions.ts';
import type { Scalar } from '../op.ts';
import type { Finding } from '../result.ts';
import { nilRead } from './lists.ts';
import { elementsRead, mopOf, opOf } from './reads.ts';
import type { AppendTable } from './table.ts';

/** What a transaction knows of a key: all of it, or how it ends. */
type Known = { readonly full: boolean; readonly elements: readonly number[] | null };

/** Committed transactions that touch some key more than once: only these can contradict themselves. */
export const findRepeats = (table: AppendTable): Int32Array => {
  const { mopStart, mopKey, txns } = table;
  const lastTxn = new Int32Array(table.keys.length).fill(-1);
  const repeats = new Ints();
  for (let txn = 0; txn < txns.count; txn++) {
    if (txns.kind[txn] !== kinds.ok) continue;
    let isRepeat = false;
    for (let at = mopStart[txn]!; at < mopStart[txn + 1]!; at++) {
      const key = mopKey[at]!;
      if (lastTxn[key] === txn) isRepeat = true;
      lastTxn[key] = txn;
    }
    if (isRepeat) repeats.push(txn);
  }
  return repeats.view();
};

const endsWith = (list: Int32Array, end: readonly number[]): boolean => {
  const from = list.length - end.length;
  return from >= 0 && end.every((element, i) => list[from + i] === element);
};

const equals = (list: Int32Array, other: readonly number[]): boolean =>
  list.length === other.length && endsWith(list, other);

const agrees = (list: Int32Array | null, known: Known): boolean => {
  if (known.elements === null || list === null) return known.full && known.elements === list;
  return known.full ? equals(list, known.elements) : endsWith(list, known.elements);
};

/** What is shown as expected: values, after "..." when only the end is known. */
const shown = (table: AppendTable, known: Known): readonly Scalar[] | null => {
  if (known.elements === null) return null;
  const values = known.elements.map((element) => table.elementValue.at(element));
  return known.full ? values : ['...', ...values];
};

const internalOf = (table: AppendTable, txn: number): Finding | undefined => {
  const state = new Map<number, Known>();
  for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) {
    const key = table.mopKey[at]!;
    const known = state.get(key);
    if (table.mopF[at] === mopCodes.append) {
      const elements = [...(known?.elements ?? []), table.mopValue[at]!];
      state.set(key, { full: known?.full ?? false, elements });
      continue;
    }
    const list = elementsRead(table, at);
    if (known && !agrees(list, known))
      return { op: opOf(table, txn), mop: mopOf(table, at), expected: shown(table, known) };
    state.set(key, { full: true, elements: list === null ? null : [...list] });
  }
  return undefined;
};

/** Committed transactions whose reads contradict their own earlier reads and appends; the first of each. */
export const internalAnomalies = (table: AppendTable, repeats = findRepeats(table)): Finding[] => {
  const findings: Finding[] = [];
  for (const txn of repeats) {
    const finding = isPlainlyConsistent(table, txn) ? undefined : internalOf(table, txn);
    if (finding) findings.push(finding);
  }
  return findings;
};

/** Quick test without lists: every read is a prefix of its trunk and as long as the ones before make it. */
const isPlainlyConsistent = (table: AppendTable, txn: number): boolean => {
  const end = table.mopStart[txn + 1]!;
  for (let at = table.mopStart[txn]!; at < end; at++) {
    if (table.mopF[at] !== mopCodes.r) continue;
    if (!agreesWithEarlier(table, table.mopStart[txn]!, at)) return false;
  }
  return true;
};

/** Walks back from a read over the appends to its key, to the read before them. */
const agreesWithEarlier = (table: AppendTable, from: number, at: number): boolean => {
  const key = table.mopKey[at]!;
  const start = table.trunkStart[key]!;
  let place = table.mopValue[at]!;
  let appends = 0;
  for (let earlier = at - 1; earlier >= from; earlier--) {
    if (table.mopKey[earlier] !== key) continue;
    const value = table.mopValue[earlier]!;
    // Appends to what was nil make a list that holds them and nothing else.
    if (table.mopF[earlier] === mopCodes.r)
      return value === place || (value === nilRead && place === 0 && appends > 0);
    if (place <= 0 || table.trunk[start + place - 1] !== value) return false;
    place--;
    appends++;
  }
  return true;
};

const futureOf = (table: AppendTable, txn: number): Finding | undefined => {
  const end = table.mopStart[txn + 1]!;
  for (let at = table.mopStart[txn]!; at < end; at++) {
    if (table.mopF[at] !== mopCodes.r) continue;
    const list = elementsRead(table, at);
    for (let later = at + 1; later < end; later++) {
      if (table.mopF[later] !== mopCodes.append || table.mopKey[later] !== table.mopKey[at])
        continue;
      const element = table.mopValue[later]!;
      if (!list?.includes(element)) continue;
      const value = table.elementValue.at(element);
      return { op: opOf(table, txn), mop: mopOf(table, at), element: value };
    }
  }
  return undefined;
};

/** Committed transactions that read what they append only later; the first of each. */
export const futureReads = (table: AppendTable, repeats = findRepeats(table)): Finding[] => {
  const findings: Finding[] = [];
  for (const txn of repeats) {
    const finding = mayReadFuture(table, txn) ? futureOf(table, txn) : undefined;
    if (finding) findings.push(finding);
  }
  return findings;
};

/** Quick test without lists: an append whose element stands inside what an earlier read of the key saw. */
const mayReadFuture = (table: AppendTable, txn: number): boolean => {
  const start = table.mopStart[txn]!;
  for (let at = start + 1; at < table.mopStart[txn + 1]!; at++) {
    if (table.mopF[at] !== mopCodes.append) continue;
    for (let earlier = start; earlier < at; earlier++) {
      if (table.mopF[earlier] !== mopCodes.r || table.mopKey[earlier] !== table.mopKey[at])
        continue;
      const value = table.mopValue[earlier]!;
      if (
        value < -1 ||
        (value > 0 && table.place[table.mopValue[at]!]! >= 0 && isWithin(table, at, value))
      )
        return true;
    }
  }
  return false;
};

const isWithin = (table: AppendTable, append: number, length: number): boolean => {
  const key = table.mopKey[append]!;
  return table.place[table.mopValue[append]!]! - table.orderStart[key]! < length;
};
