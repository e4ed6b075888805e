// Anomalies of single register reads and keys: internal, G1a, G1b, lost updates, garbage reads.
import { mopCodes } from '../history/columns.ts';
import { kinds } from '../history/transactions.ts';
import type { Mop, TxnOp } from '../op.ts';
import type { Finding } from '../result.ts';
import type { RegisterTable } from './table.ts';

export const opOf = (table: RegisterTable, txn: number): TxnOp =>
  table.source.op(table.txns.position[txn]!);

const mopOf = (table: RegisterTable, at: number): Mop => {
  const key = table.keys[table.mopKey[at]!]!;
  const value = table.versionValue.at(table.mopVersion[at]!) ?? null;
  return table.mopF[at] === mopCodes.w ? ['w', key, value as never] : ['r', key, value];
};

const forEachMop = (
  table: RegisterTable,
  isWanted: (txn: number) => boolean,
  visit: (txn: number, at: number) => void,
): void => {
  for (let txn = 0; txn < table.txns.count; txn++) {
    if (!isWanted(txn)) continue;
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) visit(txn, at);
  }
};

/** Reads that differ from what their transaction last read or wrote; the first of each transaction. */
export const internalAnomalies = (table: RegisterTable): Finding[] => {
  const findings: Finding[] = [];
  const lastTxn = new Int32Array(table.keys.length).fill(-1);
  const lastVersion = new Int32Array(table.keys.length);
  let reported = -1;
  const isOk = (txn: number): boolean => table.txns.kind[txn] === kinds.ok;
  forEachMop(table, isOk, (txn, at) => {
    const key = table.mopKey[at]!;
    const version = table.mopVersion[at]!;
    const isRead = table.mopF[at] === mopCodes.r;
    const isWrong = isRead && lastTxn[key] === txn && lastVersion[key] !== version;
    if (isWrong && reported !== txn) {
      reported = txn;
      const expected = table.versionValue.at(lastVersion[key]!);
      findings.push({ op: opOf(table, txn), mop: mopOf(table, at), expected });
    }
    lastTxn[key] = txn;
    lastVersion[key] = version;
  });
  return findings;
};

/** Reads by committed transactions of versions that belong to a writer in a table from version to transaction. */
const readsOf = (table: RegisterTable, writerOf: Int32Array): Finding[] => {
  const findings: Finding[] = [];
  const isOk = (txn: number): boolean => table.txns.kind[txn] === kinds.ok;
  forEachMop(table, isOk, (txn, at) => {
    if (table.mopF[at] !== mopCodes.r) return;
    const writer = writerOf[table.mopVersion[at]!]!;
    if (writer < 0 || writer === txn) return;
    findings.push({ op: opOf(table, txn), mop: mopOf(table, at), writer: opOf(table, writer) });
  });
  return findings;
};

/** G1a: reads of what an aborted transaction wrote. */
export const abortedReads = (table: RegisterTable): Finding[] => {
  const writers = new Int32Array(table.versionValue.length).fill(-1);
  const hasFailed = (txn: number): boolean => table.txns.kind[txn] === kinds.fail;
  forEachMop(table, hasFailed, (txn, at) => {
    if (table.mopF[at] === mopCodes.w) writers[table.mopVersion[at]!] = txn;
  });
  return readsOf(table, writers);
};

/** G1b: reads of what a transaction wrote and then overwrote. */
export const intermediateReads = (table: RegisterTable): Finding[] => {
  const writers = new Int32Array(table.versionValue.length).fill(-1);
  forEachMop(
    table,
    () => true,
    (txn, at) => {
      if (table.mopF[at] === mopCodes.w && table.external[at] === 0)
        writers[table.mopVersion[at]!] = txn;
    },
  );
  return readsOf(table, writers);
};

/** Reads of values that nobody in the whole history wrote. */
export const garbageReads = (table: RegisterTable): Finding[] => {
  const written = new Uint8Array(table.versionValue.length);
  for (const nil of table.nilOf) written[nil] = 1;
  for (let at = 0; at < table.mopF.length; at++)
    if (table.mopF[at] === mopCodes.w) written[table.mopVersion[at]!] = 1;
  const findings: Finding[] = [];
  const isOk = (txn: number): boolean => table.txns.kind[txn] === kinds.ok;
  forEachMop(table, isOk, (txn, at) => {
    if (table.mopF[at] === mopCodes.r && written[table.mopVersion[at]!] === 0)
      findings.push({ op: opOf(table, txn), mop: mopOf(table, at) });
  });
  return findings;
};

/** Calls back for each (transaction, version) where the version was the first read and a write to its key follows. */
const forEachUpdate = (
  table: RegisterTable,
  visit: (txn: number, version: number) => void,
): void => {
  const { txns, mopStart, mopF, mopKey, mopVersion } = table;
  const readBy = new Int32Array(table.keys.length).fill(-1);
  const read = new Int32Array(table.keys.length);
  for (let txn = 0; txn < txns.count; txn++) {
    if (txns.kind[txn] !== kinds.ok) continue;
    for (let at = mopStart[txn]!; at < mopStart[txn + 1]!; at++) {
      const key = mopKey[at]!;
      if (mopF[at] !== mopCodes.r) {
        if (readBy[key] !== txn || read[key]! < 0) continue;
        visit(txn, read[key]!);
        read[key] = -1;
      } else if (readBy[key] !== txn) {
        readBy[key] = txn;
        read[key] = mopVersion[at]!;
      }
    }
  }
};

/** Committed transactions that first read the same version of a key and then each wrote the key. */
export const lostUpdates = (table: RegisterTable): Finding[] => {
  const counts = new Uint8Array(table.versionValue.length);
  let isAny = false;
  forEachUpdate(table, (_txn, version) => {
    if (counts[version]! > 0) isAny = true;
    counts[version] = Math.min(2, counts[version]! + 1);
  });
  if (!isAny) return [];
  const groups = new Map<number, number[]>();
  forEachUpdate(table, (txn, version) => {
    if (counts[version]! < 2) return;
    const group = groups.get(version);
    if (group) group.push(txn);
    else groups.set(version, [txn]);
  });
  return [...groups].map(([version, txns]) => ({
    key: table.keys[table.versionKey[version]!]!,
    value: table.versionValue.at(version),
    txns: txns.map((txn) => opOf(table, txn)),
  }));
};
