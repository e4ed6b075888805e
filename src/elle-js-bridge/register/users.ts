// Who wrote and who read each version, from outside its transaction.
import type { CheckError } from '../result.ts';
import { externalRead, externalWrite, type RegisterTable } from './table.ts';

/** Writers and readers by version: those of v stand from start[v] up to start[v + 1]. */
export type Users = {
  readonly writerStart: Int32Array;
  readonly writers: Int32Array;
  readonly readerStart: Int32Array;
  readonly readers: Int32Array;
};

const gather = (table: RegisterTable, what: number): readonly [Int32Array, Int32Array] => {
  const start = new Int32Array(table.versionValue.length + 1);
  forEachExternal(table, what, (_txn, version) => {
    start[version + 1]!++;
  });
  for (let v = 0; v < table.versionValue.length; v++) start[v + 1]! += start[v]!;
  const users = new Int32Array(start[table.versionValue.length]!);
  const next = start.slice();
  forEachExternal(table, what, (txn, version) => {
    users[next[version]!++] = txn;
  });
  return [start, users];
};

const forEachExternal = (
  table: RegisterTable,
  what: number,
  visit: (txn: number, version: number) => void,
): void => {
  for (let txn = 0; txn < table.txns.count; txn++) {
    if (table.happened[txn] !== 1) continue;
    // Of a crashed transaction only the writes are known; what its reads returned is not.
    if (what === externalRead && table.txns.kind[txn] !== 1) continue;
    for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++)
      if (table.external[at] === what) visit(txn, table.mopVersion[at]!);
  }
};

/** Users of all versions; an error when a version that was read has several writers. */
export const findUsers = (table: RegisterTable): Users | CheckError => {
  const [writerStart, writers] = gather(table, externalWrite);
  const [readerStart, readers] = gather(table, externalRead);
  for (let v = 0; v < table.versionValue.length; v++) {
    const several = writerStart[v + 1]! - writerStart[v]! > 1;
    if (!several || readerStart[v + 1] === readerStart[v]) continue;
    const positions = [...writers.subarray(writerStart[v], writerStart[v + 1])].map(
      (txn) => table.txns.position[txn]!,
    );
    return {
      code: 'duplicate-writes',
      message: `value ${table.versionValue.at(v)} of key ${table.keys[table.versionKey[v]!]} is written more than once`,
      positions,
      examples: positions.slice(0, 8).map(table.source.op),
    };
  }
  return { writerStart, writers, readerStart, readers };
};
