// Which transactions must have committed before which under causal consistency: a vector clock each.
import { type CommitEdges, type Reason, reasons } from './edges.ts';
import type { Transactions } from './transactions.ts';

/** Readers of each transaction, in compressed rows. */
type Readers = { start: Int32Array; reader: Int32Array };

const readersOf = (txns: Transactions): Readers => {
  const start = new Int32Array(txns.count + 2);
  for (const from of txns.readFrom) start[from + 2]!++;
  for (let t = 0; t < txns.count; t++) start[t + 2]! += start[t + 1] as number;
  const reader = new Int32Array(txns.readFrom.length);
  for (let t = 1; t < txns.count; t++)
    for (let i = txns.readStart[t] as number; i < (txns.readStart[t + 1] as number); i++)
      reader[start[(txns.readFrom[i] as number) + 1]!++] = t;
  return { start, reader };
};

const isNext = (txns: Transactions, txn: number): boolean =>
  txn > 1 && txns.session[txn] === txns.session[txn - 1];

/** Transactions in an order that respects sessions and reads; shorter than `count` if there is none. */
const causalOrder = (txns: Transactions, readers: Readers): Int32Array => {
  const waiting = new Int32Array(txns.count);
  for (let t = 1; t < txns.count; t++)
    waiting[t] =
      (txns.readStart[t + 1] as number) - (txns.readStart[t] as number) + (isNext(txns, t) ? 1 : 0);
  const order = new Int32Array(txns.count);
  let tail = 1; // The initial transaction comes first.
  for (let t = 1; t < txns.count; t++) if (waiting[t] === 0) order[tail++] = t;
  for (let head = 0; head < tail; head++) {
    const t = order[head] as number;
    const next = t + 1;
    if (next < txns.count && isNext(txns, next) && --waiting[next]! === 0) order[tail++] = next;
    for (let i = readers.start[t] as number; i < (readers.start[t + 1] as number); i++) {
      const reader = readers.reader[i] as number;
      if (--waiting[reader]! === 0) order[tail++] = reader;
    }
  }
  return order.subarray(0, tail);
};

/** Writers of each key grouped by session, with how many of each group the walk has passed. */
class WritersByKey {
  readonly groupStart: Int32Array;
  readonly session: number[] = [];
  readonly first: number[] = [];
  readonly writers: Int32Array;
  readonly done: Int32Array;
  readonly #groupOf: Int32Array;
  readonly #txns: Transactions;

  constructor(txns: Transactions) {
    this.#txns = txns;
    const keys = txns.raw.keys.names.length;
    const start = new Int32Array(keys + 2);
    for (const key of txns.writtenKey) start[key + 2]!++;
    for (let key = 0; key < keys; key++) start[key + 2]! += start[key + 1] as number;
    this.writers = new Int32Array(txns.writtenKey.length);
    this.#groupOf = new Int32Array(txns.writtenKey.length);
    const slotOf = new Int32Array(txns.writtenKey.length);
    for (let t = 1; t < txns.count; t++)
      for (let i = txns.keyStart[t] as number; i < (txns.keyStart[t + 1] as number); i++) {
        const slot = start[(txns.writtenKey[i] as number) + 1]!++;
        this.writers[slot] = t;
        slotOf[slot] = i;
      }
    this.groupStart = new Int32Array(keys + 1);
    for (let key = 0; key < keys; key++) {
      this.groupStart[key] = this.session.length;
      for (let slot = start[key] as number; slot < (start[key + 1] as number); slot++) {
        const session = txns.session[this.writers[slot] as number] as number;
        const fresh = slot === start[key] || this.session[this.session.length - 1] !== session;
        if (fresh) {
          this.session.push(session);
          this.first.push(slot);
        }
        this.#groupOf[slotOf[slot] as number] = this.session.length - 1;
      }
    }
    this.groupStart[keys] = this.session.length;
    this.done = new Int32Array(this.session.length);
  }

  pass(txn: number): void {
    for (
      let i = this.#txns.keyStart[txn] as number;
      i < (this.#txns.keyStart[txn + 1] as number);
      i++
    )
      this.done[this.#groupOf[i] as number]!++;
  }

  /** The last writer of the group not after `bound`, or 0. Mostly that is the one passed last. */
  lastUpTo(group: number, bound: number): number {
    const first = this.first[group] as number;
    let high = first + (this.done[group] as number);
    if (high === first) return 0;
    const newest = this.writers[high - 1] as number;
    if (newest <= bound) return newest;
    let low = first;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.writers[middle] as number) <= bound) low = middle + 1;
      else high = middle;
    }
    return low === first ? 0 : (this.writers[low - 1] as number);
  }
}

/** Clocks in one growing column; a clock lives until its last successor has used it. */
class Clocks {
  readonly width: number;
  data: Int32Array;
  readonly #slot: Int32Array;
  readonly #uses: Int32Array;
  readonly #free: number[] = [];
  #slots = 0;

  constructor(txns: Transactions, readers: Readers) {
    this.width = txns.sessionStart.length - 1;
    this.data = new Int32Array(this.width * 64);
    this.#slot = new Int32Array(txns.count).fill(-1);
    this.#uses = new Int32Array(txns.count);
    for (let t = 1; t < txns.count; t++)
      this.#uses[t] =
        (readers.start[t + 1] as number) -
        (readers.start[t] as number) +
        (t + 1 < txns.count && isNext(txns, t + 1) ? 1 : 0);
  }

  /** Offset of a transaction's clock. */
  offset(txn: number): number {
    return (this.#slot[txn] as number) * this.width;
  }

  open(txn: number): number {
    let slot = this.#free.pop();
    if (slot === undefined) {
      slot = this.#slots++;
      if (this.#slots * this.width > this.data.length) {
        const wider = new Int32Array(this.data.length * 2);
        wider.set(this.data);
        this.data = wider;
      }
    }
    this.#slot[txn] = slot;
    return slot * this.width;
  }

  closeIfUnused(txn: number): void {
    if (this.#uses[txn] === 0) this.#free.push(this.#slot[txn] as number);
  }

  use(txn: number): void {
    if (--this.#uses[txn]! === 0) this.#free.push(this.#slot[txn] as number);
  }
}

class CausalWalk {
  readonly #txns: Transactions;
  readonly #edges: CommitEdges;
  readonly #clocks: Clocks;
  readonly #byKey: WritersByKey;

  constructor(txns: Transactions, edges: CommitEdges, readers: Readers) {
    this.#txns = txns;
    this.#edges = edges;
    this.#clocks = new Clocks(txns, readers);
    this.#byKey = new WritersByKey(txns);
  }

  step(txn: number): void {
    const { readStart, readFrom } = this.#txns;
    const start = readStart[txn] as number;
    const end = readStart[txn + 1] as number;
    const own = this.#clocks.open(txn);
    const next = isNext(this.#txns, txn);
    if (next) this.#begin(own, txn - 1);
    else this.#clocks.data.fill(0, own, own + this.#clocks.width);
    for (let read = start; read < end; read++) this.#join(own, readFrom[read] as number);
    for (let read = start; read < end; read++) this.#oblige(txn, read, own);
    for (let read = start; read < end; read++)
      if (readFrom[read] !== 0) this.#clocks.use(readFrom[read] as number);
    if (next) this.#clocks.use(txn - 1);
    this.#byKey.pass(txn);
    this.#clocks.closeIfUnused(txn);
  }

  #begin(own: number, before: number): void {
    const { data, width } = this.#clocks;
    const from = this.#clocks.offset(before);
    data.copyWithin(own, from, from + width);
    data[own + (this.#txns.session[before] as number)] = before;
  }

  #join(own: number, before: number): void {
    const { data, width } = this.#clocks;
    const session = this.#txns.session[before] as number;
    if (before === 0 || (data[own + session] as number) >= before) return;
    const from = this.#clocks.offset(before);
    for (let s = 1; s < width; s++) {
      const theirs = data[from + s] as number;
      if (theirs > (data[own + s] as number)) data[own + s] = theirs;
    }
    data[own + session] = before;
  }

  /** Orders the last writer of the key that each session shows before the one the read saw, unless that is known. */
  #oblige(txn: number, read: number, own: number): void {
    const { data } = this.#clocks;
    const { groupStart, session: sessions } = this.#byKey;
    const key = this.#txns.readKey[read] as number;
    const from = this.#txns.readFrom[read] as number;
    const seen = from === 0 ? -1 : this.#clocks.offset(from);
    const home = this.#txns.session[from] as number;
    const last = groupStart[key + 1] as number;
    for (let group = groupStart[key] as number; group < last; group++) {
      const s = sessions[group] as number;
      const bound = data[own + s] as number;
      if (bound === 0) continue;
      const known = seen < 0 ? 0 : s === home ? from : (data[seen + s] as number);
      if (bound <= known) continue;
      const writer = this.#byKey.lastUpTo(group, bound);
      if (writer <= known) continue;
      this.#edges.add(writer, from, ...this.#because(txn, read, writer));
      if (from === 0) return;
    }
  }

  #because(txn: number, read: number, writer: number): [Reason, [number, number, number]] {
    const { readStart, readFrom, readKey, session } = this.#txns;
    const key = readKey[read] as number;
    if (session[writer] === session[txn]) return [reasons.fracturedSession, [txn, key, -1]];
    for (let i = readStart[txn] as number; i < (readStart[txn + 1] as number); i++)
      if (readFrom[i] === writer)
        return [i < read ? reasons.nonMonotonic : reasons.fracturedRead, [txn, key, i]];
    return [reasons.causal, [txn, key, -1]];
  }
}

/** Everything that happened before a transaction obliges its reads. Answers false if happened-before is cyclic. */
export const causal = (txns: Transactions, edges: CommitEdges): boolean => {
  const readers = readersOf(txns);
  const order = causalOrder(txns, readers);
  if (order.length < txns.count) return false;
  const walk = new CausalWalk(txns, edges, readers);
  for (let i = 1; i < order.length; i++) walk.step(order[i] as number);
  return true;
};
