// Which transactions must have committed before which, at read committed and read atomic (as AWDIT does).
import { type CommitEdges, reasons } from './edges.ts';
import type { Transactions } from './transactions.ts';

/** True if the transaction writes the key: its keys are sorted. */
export const writes = (txns: Transactions, txn: number, key: number): boolean => {
  let low = txns.keyStart[txn] as number;
  const end = txns.keyStart[txn + 1] as number;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((txns.writtenKey[middle] as number) < key) low = middle + 1;
    else high = middle;
  }
  return low < end && txns.writtenKey[low] === key;
};

/** Per key the two earliest distinct writers read later in the transaction, while walking its reads backwards. */
class Later {
  readonly keys: number[] = [];
  readonly #stamp: Int32Array;
  readonly #first: Int32Array;
  readonly #second: Int32Array;

  constructor(keys: number) {
    this.#stamp = new Int32Array(keys);
    this.#first = new Int32Array(keys);
    this.#second = new Int32Array(keys);
  }

  note(txn: number, key: number, writer: number): void {
    if (this.#stamp[key] !== txn) {
      this.#stamp[key] = txn;
      this.#first[key] = writer;
      this.#second[key] = -1;
      this.keys.push(key);
    } else if (this.#first[key] !== writer) {
      this.#second[key] = this.#first[key] as number;
      this.#first[key] = writer;
    }
  }

  /** The earliest writer other than `than` from which the key is read later, or -1. */
  other(txn: number, key: number, than: number): number {
    if (this.#stamp[key] !== txn) return -1;
    return (this.#first[key] === than ? this.#second[key] : this.#first[key]) as number;
  }
}

/**
 * Calls back for each key that is both among `keys` and written by the transaction, at the cost of the smaller
 * side.
 */
const common = (
  txns: Transactions,
  keys: readonly number[],
  at: { writer: number; each: (key: number) => void },
): void => {
  const start = txns.keyStart[at.writer] as number;
  const end = txns.keyStart[at.writer + 1] as number;
  if (keys.length < end - start) {
    for (const key of keys) if (writes(txns, at.writer, key)) at.each(key);
    return;
  }
  for (let i = start; i < end; i++) at.each(txns.writtenKey[i] as number);
};

/** A read that saw a transaction obliges the later reads of the same transaction to see its writes. O(n √n). */
export const readCommitted = (txns: Transactions, edges: CommitEdges): void => {
  const seenBy = new Int32Array(txns.count);
  const isFirst = new Uint8Array(txns.readKey.length);
  const later = new Later(txns.raw.keys.names.length);
  for (let txn = 1; txn < txns.count; txn++) {
    const start = txns.readStart[txn] as number;
    const end = txns.readStart[txn + 1] as number;
    if (end - start < 2) continue;
    for (let read = start; read < end; read++) {
      const from = txns.readFrom[read] as number;
      if (seenBy[from] !== txn) isFirst[read] = 1;
      seenBy[from] = txn;
    }
    later.keys.length = 0;
    for (let read = end - 1; read >= start; read--) {
      const from = txns.readFrom[read] as number;
      if (isFirst[read] === 1 && from !== 0) {
        const each = (key: number): void => {
          const writer = later.other(txn, key, from);
          if (writer >= 0) edges.add(from, writer, reasons.nonMonotonic, [txn, key, read]);
        };
        common(txns, later.keys, { writer: from, each });
      }
      later.note(txn, txns.readKey[read] as number, from);
    }
  }
};

/** Two reads of one key with different answers: each should have seen what the other saw. */
const notRepeated = (
  edges: CommitEdges,
  [first, second]: readonly [number, number],
  because: readonly [reader: number, key: number, via: number],
): void => {
  if (second !== 0) edges.add(second, first, reasons.fracturedRead, because);
  if (first !== 0) edges.add(first, second, reasons.nonMonotonic, because);
};

/** Seeing a transaction, or following it in a session, obliges all reads to see its writes. O(n √n). */
export const readAtomic = (txns: Transactions, edges: CommitEdges): void => {
  const keys = txns.raw.keys.names.length;
  const lastSession = new Int32Array(keys).fill(-1);
  const lastWriter = new Int32Array(keys);
  const seenBy = new Int32Array(txns.count);
  const reads = new Reads(keys);
  for (let txn = 1; txn < txns.count; txn++) {
    const session = txns.session[txn] as number;
    const start = txns.readStart[txn] as number;
    const end = txns.readStart[txn + 1] as number;
    reads.begin(txn);
    for (let read = start; read < end; read++) {
      const key = txns.readKey[read] as number;
      const from = txns.readFrom[read] as number;
      const again = reads.note(key, from, read);
      if (again >= 0 && again !== from) notRepeated(edges, [again, from], [txn, key, read]);
      const own = lastSession[key] === session ? (lastWriter[key] as number) : 0;
      if (own !== 0 && own !== from) edges.add(own, from, reasons.fracturedSession, [txn, key, -1]);
    }
    for (let read = start; read < end; read++) {
      const from = txns.readFrom[read] as number;
      if (from === 0 || seenBy[from] === txn) continue;
      seenBy[from] = txn;
      const each = (key: number): void => {
        const writer = reads.writer(key);
        if (writer < 0 || writer === from) return;
        const reason = reads.at(key) > read ? reasons.nonMonotonic : reasons.fracturedRead;
        edges.add(from, writer, reason, [txn, key, read]);
      };
      common(txns, reads.keys, { writer: from, each });
    }
    for (let i = txns.keyStart[txn] as number; i < (txns.keyStart[txn + 1] as number); i++) {
      lastSession[txns.writtenKey[i] as number] = session;
      lastWriter[txns.writtenKey[i] as number] = txn;
    }
  }
};

/** Per key the first writer read in the current transaction. */
class Reads {
  readonly keys: number[] = [];
  readonly #stamp: Int32Array;
  readonly #writer: Int32Array;
  readonly #read: Int32Array;
  #txn = 0;

  constructor(keys: number) {
    this.#stamp = new Int32Array(keys);
    this.#writer = new Int32Array(keys);
    this.#read = new Int32Array(keys);
  }

  begin(txn: number): void {
    this.#txn = txn;
    this.keys.length = 0;
  }

  /** The writer of an earlier read of the key in this transaction, or -1. */
  note(key: number, writer: number, read: number): number {
    if (this.#stamp[key] === this.#txn) return this.#writer[key] as number;
    this.#stamp[key] = this.#txn;
    this.#writer[key] = writer;
    this.#read[key] = read;
    this.keys.push(key);
    return -1;
  }

  writer(key: number): number {
    return this.#stamp[key] === this.#txn ? (this.#writer[key] as number) : -1;
  }

  at(key: number): number {
    return this.#read[key] as number;
  }
}
