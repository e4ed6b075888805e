// Reads a list-append history into columns: one pass over the micro-operations.
import { mopCodes } from '../history/columns.ts';
import { grown, Ints } from '../history/growable.ts';
import { Naming } from '../history/naming.ts';
import { keyName, type Source } from '../history/source.ts';
import { kinds, type Transactions } from '../history/transactions.ts';
import type { Scalar, TxnOp } from '../op.ts';
import type { CheckError } from '../result.ts';
import { Elements, KeyLists, nilRead, oddBase } from './lists.ts';

const examplesMax = 8;

/** A history read, before version orders are settled. */
export class Loader {
  readonly source: Source;
  readonly txns: Transactions;
  readonly mopStart: Int32Array;
  /** Micro-operations so far; the columns may have room for more. */
  count = 0;
  mopF: Uint8Array;
  mopKey: Int32Array;
  mopValue: Int32Array;
  readonly keys: KeyLists[] = [];
  readonly keyNames: Scalar[] = [];
  readonly elements = new Elements();
  readonly odd: Int32Array[] = [];
  /** Of each odd list: where it was read, and whether by a transaction whose reads count for version orders. */
  readonly oddAt = new Ints(16);
  readonly oddCounts = new Ints(16);
  readonly #naming = new Naming();
  readonly #wrong: number[] = [];

  constructor(source: Source, txns: Transactions) {
    this.source = source;
    this.txns = txns;
    const room = Math.max(16, source.columns ? source.columns.mopF.length : txns.count * 4);
    this.mopStart = new Int32Array(txns.count + 1);
    this.mopF = new Uint8Array(room);
    this.mopKey = new Int32Array(room);
    this.mopValue = new Int32Array(room);
  }

  /** Reads everything; an error when there are micro-operations other than appends and reads. */
  load(): CheckError | undefined {
    for (let txn = 0; txn < this.txns.count; txn++) {
      this.mopStart[txn] = this.count;
      if (this.source.columns) this.#loadColumns(txn);
      else this.#loadOp(txn);
    }
    this.mopStart[this.txns.count] = this.count;
    if (this.#wrong.length === 0) return undefined;
    const positions = this.#wrong.slice(0, examplesMax);
    return {
      code: 'unexpected-micro-operations',
      message: 'the history holds micro-operations other than appends and reads of lists',
      positions,
      examples: positions.map(this.source.op),
    };
  }

  #push(f: number, key: number, value: number): void {
    if (this.count === this.mopF.length) this.#grow();
    const at = this.count++;
    this.mopF[at] = f;
    this.mopKey[at] = key;
    this.mopValue[at] = value;
  }

  #grow(): void {
    const mopF = new Uint8Array(this.mopF.length * 2);
    mopF.set(this.mopF);
    this.mopF = mopF;
    this.mopKey = grown(this.mopKey, 0);
    this.mopValue = grown(this.mopValue, 0);
  }

  #key(name: Scalar): KeyLists {
    const known = this.#naming.get(name);
    if (known >= 0) return this.keys[known]!;
    const key = new KeyLists(this.keys.length, this.elements);
    this.#naming.set(name, key.key);
    this.keys.push(key);
    this.keyNames.push(name);
    return key;
  }

  /** Reads of transactions that did not fail decide version orders. */
  #counts(txn: number): boolean {
    const kind = this.txns.kind[txn];
    return kind === kinds.ok || kind === kinds.info;
  }

  #loadOp(txn: number): void {
    const op = this.#opOf(txn);
    if (!Array.isArray(op.value)) {
      if (op.value !== null && op.value !== undefined) this.#wrong.push(this.txns.position[txn]!);
      return;
    }
    for (const mop of op.value) {
      // By index: taking an array apart by its iterator is many times slower.
      const isMop = Array.isArray(mop);
      const f: unknown = isMop ? mop[0] : undefined;
      const name = (isMop ? mop[1] : null) as Scalar;
      const value: unknown = isMop ? mop[2] : undefined;
      if (f === 'append' && value !== undefined && value !== null) {
        const key = this.#key(name);
        this.#push(mopCodes.append, key.key, key.element(value as Scalar));
      } else if (f === 'r' && (value === null || value === undefined || Array.isArray(value)))
        this.#loadRead(txn, this.#key(name), value ?? null);
      else {
        this.#wrong.push(this.txns.position[txn]!);
        return;
      }
    }
  }

  /** A completion without a value means its invocation's. */
  #opOf(txn: number): TxnOp {
    const op = this.source.ops![this.txns.position[txn]!]!;
    const invoked = this.txns.invokedAt[txn]!;
    return (op.value === null || op.value === undefined) && invoked >= 0
      ? this.source.ops![invoked]!
      : op;
  }

  #loadRead(txn: number, key: KeyLists, list: readonly Scalar[] | null): void {
    if (list === null || this.txns.kind[txn] === kinds.open) {
      this.#push(mopCodes.r, key.key, nilRead);
      return;
    }
    const common = key.commonWith(list);
    if (common === list.length) this.#push(mopCodes.r, key.key, common);
    else if (common === key.length && this.#counts(txn)) {
      for (let at = common; at < list.length; at++) key.extend(list[at]!);
      key.trunkSeenAt = this.count;
      this.#push(mopCodes.r, key.key, list.length);
    } else this.#loadOdd(txn, key, list);
  }

  #loadOdd(txn: number, key: KeyLists, list: ArrayLike<Scalar>): void {
    const counts = this.#counts(txn);
    this.oddAt.push(this.count);
    this.oddCounts.push(counts ? 1 : 0);
    this.#push(mopCodes.r, key.key, oddBase - this.odd.length);
    this.odd.push(Int32Array.from(list, (value) => key.element(value)));
  }

  #loadColumns(txn: number): void {
    const columns = this.source.columns!;
    const position = this.txns.position[txn]!;
    const end = columns.mopStart[position + 1]!;
    for (let at = columns.mopStart[position]!; at < end; at++) {
      const key = this.#key(keyName(columns, columns.mopKey[at]!));
      const value = columns.mopValue[at]!;
      if (columns.mopF[at] === mopCodes.append)
        this.#push(mopCodes.append, key.key, key.element(value));
      else if (columns.mopF[at] === mopCodes.r) this.#loadColumnRead(txn, key, value);
      else {
        this.#wrong.push(position);
        return;
      }
    }
  }

  #loadColumnRead(txn: number, key: KeyLists, list: number): void {
    if (list < 0 || this.txns.kind[txn] === kinds.open) {
      this.#push(mopCodes.r, key.key, nilRead);
      return;
    }
    const { listStart, listElements } = this.source.columns!;
    const from = listStart![list]!;
    const to = listStart![list + 1]!;
    const common = key.commonWithColumn(listElements!, from, to);
    if (common === to - from) this.#push(mopCodes.r, key.key, common);
    else if (common === key.length && this.#counts(txn)) {
      for (let at = from + common; at < to; at++) key.extend(listElements![at]!);
      key.trunkSeenAt = this.count;
      this.#push(mopCodes.r, key.key, to - from);
    } else this.#loadOdd(txn, key, listElements!.subarray(from, to));
  }
}
