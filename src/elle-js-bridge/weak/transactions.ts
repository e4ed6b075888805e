// The committed transactions of a history, numbered session by session, and what each read from whom.
import { ends, initialValue, mopKinds, type RawHistory, strangeValue } from './history.ts';
import { Ints } from './ints.ts';

/** A read that is wrong by itself, whatever the order of commits. */
export type ReadAnomaly = {
  readonly type:
    | 'G1a'
    | 'G1b'
    | 'garbage-read'
    | 'future-read'
    | 'internal'
    | 'duplicate-elements'
    | 'incompatible-order'
    | 'missing-append';
  /** Row of the reader. */
  readonly row: number;
  readonly key: number;
  /** The value read, and what was to be expected of an `internal` one. */
  readonly value: unknown;
  readonly expected?: unknown;
  /** Row of the writer, if there is one. */
  readonly writer?: number;
};

/**
 * Committed transactions as numbers. 0 is the initial one, which wrote every key; those of a session follow each other.
 * A transaction of unknown outcome is committed exactly if one of its writes was read.
 */
export type Transactions = {
  readonly raw: RawHistory;
  readonly count: number;
  /** Session of each transaction; session 0 holds the initial one alone. */
  readonly session: Int32Array;
  /** First transaction of each session, and `count` at the end. */
  readonly sessionStart: Int32Array;
  readonly row: Int32Array;
  readonly txnOfRow: Int32Array;
  /** External reads of transaction t in `readStart[t] … readStart[t + 1]`, in its order. */
  readonly readStart: Int32Array;
  readonly readKey: Int32Array;
  readonly readFrom: Int32Array;
  /** Write observed, or `initialValue`. */
  readonly readWrite: Int32Array;
  /** Distinct keys written by transaction t in `keyStart[t] … keyStart[t + 1]`, ascending. */
  readonly keyStart: Int32Array;
  readonly writtenKey: Int32Array;
  readonly anomalies: readonly ReadAnomaly[];
};

/** Orders rows into sessions. An unfinished row stays in its session only if nothing follows it there. */
const sessionsOf = (raw: RawHistory, ordered: boolean): { rows: Int32Array; start: Int32Array } => {
  const lists: number[][] = [];
  const byProcess = new Map<unknown, number>();
  const last = new Map<unknown, number>();
  const processOf = (row: number): unknown =>
    raw.ops[raw.at[row] as number]?.process ?? row - 2 ** 40;
  if (ordered) for (let row = 0; row < raw.at.length; row++) last.set(processOf(row), row);
  for (let row = 0; row < raw.at.length; row++) {
    const ok = raw.end[row] === ends.ok;
    if (!ok && !(raw.end[row] === ends.open && raw.observed[row] === 1)) continue;
    const process = processOf(row);
    const own = ordered && (ok || last.get(process) === row);
    const known = own ? byProcess.get(process) : undefined;
    if (known !== undefined) {
      lists[known]?.push(row);
      continue;
    }
    if (own) byProcess.set(process, lists.length);
    lists.push([row]);
  }
  const start = new Int32Array(lists.length + 2);
  const rows = new Int32Array(1 + lists.reduce((sum, list) => sum + list.length, 0));
  rows[0] = -1;
  start[1] = 1;
  lists.forEach((list, i) => {
    rows.set(list, start[i + 1]);
    start[i + 2] = (start[i + 1] as number) + list.length;
  });
  return { rows, start };
};

/** Walks each transaction once, carrying what it has written itself. */
class Reader {
  readonly anomalies: ReadAnomaly[] = [];
  readonly readStart: Int32Array;
  readonly readKey = new Ints();
  readonly readFrom = new Ints();
  readonly readWrite = new Ints();
  readonly keyStart: Int32Array;
  readonly writtenKey = new Ints();
  readonly #raw: RawHistory;
  readonly #txnOfRow: Int32Array;
  readonly #ownTxn: Int32Array;
  readonly #ownWrite: Int32Array;

  constructor(raw: RawHistory, count: number, txnOfRow: Int32Array) {
    this.#raw = raw;
    this.#txnOfRow = txnOfRow;
    this.readStart = new Int32Array(count + 1);
    this.keyStart = new Int32Array(count + 1);
    this.#ownTxn = new Int32Array(raw.keys.names.length);
    this.#ownWrite = new Int32Array(raw.keys.names.length);
  }

  transaction(txn: number, row: number): void {
    const { mopStart, mopKind, mopKey, mopWrite, end } = this.#raw;
    this.readStart[txn] = this.readKey.length;
    this.keyStart[txn] = this.writtenKey.length;
    for (let mop = mopStart[row] as number; mop < (mopStart[row + 1] as number); mop++) {
      const key = mopKey[mop] as number;
      if (mopKind[mop] === mopKinds.write) {
        if (this.#ownTxn[key] !== txn) this.writtenKey.push(key);
        this.#ownTxn[key] = txn;
        this.#ownWrite[key] = mopWrite[mop] as number;
      } else if (end[row] === ends.ok) this.#read(txn, row, mop);
    }
    const keys = this.writtenKey.view().subarray(this.keyStart[txn]);
    if (keys.length > 1) keys.sort();
  }

  #read(txn: number, row: number, mop: number): void {
    const raw = this.#raw;
    const key = raw.mopKey[mop] as number;
    const write = raw.mopWrite[mop] as number;
    if (this.#ownTxn[key] === txn) {
      const own = this.#ownWrite[key] as number;
      if (write !== own) this.#wrong('internal', { row, key, mop, expected: raw.values[own] });
      return;
    }
    const from = this.#writerOf(write);
    if (write === strangeValue) this.#wrong('garbage-read', { row, key, mop });
    else if (from === txn) this.#wrong('future-read', { row, key, mop });
    else if (from < 0) this.#wrong('G1a', { row, key, mop, write });
    else {
      if (write >= 0 && raw.overwritten[write] === 1) this.#wrong('G1b', { row, key, mop, write });
      this.readKey.push(key);
      this.readFrom.push(from);
      this.readWrite.push(write);
    }
  }

  #writerOf(write: number): number {
    if (write === initialValue) return 0;
    return write < 0 ? -1 : (this.#txnOfRow[this.#raw.writer[write] as number] as number);
  }

  #wrong(
    type: ReadAnomaly['type'],
    at: { row: number; key: number; mop: number; expected?: unknown; write?: number },
  ): void {
    const steps = this.#raw.ops[this.#raw.at[at.row] as number]?.value as readonly unknown[][];
    const value = steps[at.mop - (this.#raw.mopStart[at.row] as number)]?.[2];
    this.anomalies.push({
      type,
      row: at.row,
      key: at.key,
      value,
      ...(at.expected === undefined ? {} : { expected: at.expected }),
      ...(at.write === undefined ? {} : { writer: this.#raw.writer[at.write] as number }),
    });
  }
}

/** Selects and numbers the committed transactions; without `sessions` each is a session of its own. */
export const transactionsOf = (raw: RawHistory, options: { sessions: boolean }): Transactions => {
  const { rows, start } = sessionsOf(raw, options.sessions);
  const txnOfRow = new Int32Array(raw.at.length).fill(-1);
  for (let txn = 1; txn < rows.length; txn++) txnOfRow[rows[txn] as number] = txn;
  const session = new Int32Array(rows.length);
  for (let s = 0; s < start.length - 1; s++) session.fill(s, start[s], start[s + 1]);
  const reader = new Reader(raw, rows.length, txnOfRow);
  for (let txn = 1; txn < rows.length; txn++) reader.transaction(txn, rows[txn] as number);
  reader.readStart[rows.length] = reader.readKey.length;
  reader.keyStart[rows.length] = reader.writtenKey.length;
  return {
    raw,
    count: rows.length,
    session,
    sessionStart: start,
    row: rows,
    txnOfRow,
    readStart: reader.readStart,
    readKey: reader.readKey.view(),
    readFrom: reader.readFrom.view(),
    readWrite: reader.readWrite.view(),
    keyStart: reader.keyStart,
    writtenKey: reader.writtenKey.view(),
    anomalies: reader.anomalies,
  };
};
