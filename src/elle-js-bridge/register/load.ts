// Reads a register history into columns.
import { mopCodes, nilValue } from '../history/columns.ts';
import { isError } from '../history/errors.ts';
import { Arena, Ints, Values } from '../history/growable.ts';
import { Naming } from '../history/naming.ts';
import { keyName, type Source } from '../history/source.ts';
import { kinds, type Transactions } from '../history/transactions.ts';
import type { Scalar, TxnOp } from '../op.ts';
import type { CheckError } from '../result.ts';
import { externalRead, externalWrite, type RegisterTable } from './table.ts';

const examplesMax = 8;

class Loader {
  readonly source: Source;
  readonly txns: Transactions;
  readonly mopStart: Int32Array;
  readonly mopF = new Ints();
  readonly mopKey = new Ints();
  readonly mopVersion = new Ints();
  readonly keys: Scalar[] = [];
  readonly versionKey = new Ints();
  readonly versionValue = new Values<Scalar | null>();
  readonly #names = new Arena();
  readonly nilOf = new Ints(64);
  readonly #keyNumbers = new Naming();
  readonly #versions: Naming[] = [];
  readonly wrong: number[] = [];

  constructor(source: Source, txns: Transactions) {
    this.source = source;
    this.txns = txns;
    this.mopStart = new Int32Array(txns.count + 1);
  }

  load(): void {
    for (let txn = 0; txn < this.txns.count; txn++) {
      this.mopStart[txn] = this.mopF.length;
      if (this.source.columns) this.#loadColumns(txn);
      else this.#loadOp(txn);
    }
    this.mopStart[this.txns.count] = this.mopF.length;
  }

  #key(name: Scalar): number {
    const known = this.#keyNumbers.get(name);
    if (known >= 0) return known;
    const key = this.keys.length;
    this.#keyNumbers.set(name, key);
    this.keys.push(name);
    this.#versions.push(new Naming(this.#names));
    this.nilOf.push(this.#newVersion(key, null));
    return key;
  }

  #newVersion(key: number, value: Scalar | null): number {
    this.versionValue.push(value);
    this.versionKey.push(key);
    return this.versionValue.length - 1;
  }

  #version(key: number, value: Scalar | null): number {
    if (value === null) return this.nilOf.items[key]!;
    const known = this.#versions[key]!.get(value);
    if (known >= 0) return known;
    const version = this.#newVersion(key, value);
    this.#versions[key]!.set(value, version);
    return version;
  }

  #push(f: number, name: Scalar, value: Scalar | null): void {
    const key = this.#key(name);
    this.mopF.push(f);
    this.mopKey.push(key);
    this.mopVersion.push(this.#version(key, value));
  }

  #loadOp(txn: number): void {
    const op = this.#opOf(txn);
    if (!Array.isArray(op.value)) {
      if (op.value !== null && op.value !== undefined) this.wrong.push(this.txns.position[txn]!);
      return;
    }
    for (const mop of op.value) {
      // By index: taking an array apart by its iterator is many times slower.
      const isMop = Array.isArray(mop);
      const f: unknown = isMop ? mop[0] : undefined;
      const name = (isMop ? mop[1] : null) as Scalar;
      const value = (isMop ? mop[2] : null) as Scalar | null;
      if (f === 'w') this.#push(mopCodes.w, name, value ?? null);
      else if (f === 'r' && !Array.isArray(value)) this.#push(mopCodes.r, name, value ?? null);
      else {
        this.wrong.push(this.txns.position[txn]!);
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

  #loadColumns(txn: number): void {
    const columns = this.source.columns!;
    const position = this.txns.position[txn]!;
    for (let at = columns.mopStart[position]!; at < columns.mopStart[position + 1]!; at++) {
      const value = columns.mopValue[at]!;
      if (columns.mopF[at] === mopCodes.append) {
        this.wrong.push(position);
        return;
      }
      const name = keyName(columns, columns.mopKey[at]!);
      this.#push(columns.mopF[at]!, name, value === nilValue ? null : value);
    }
  }
}

/** Marks external reads and writes; other micro-operations are a transaction's own business. */
const markExternal = (loader: Loader): Uint8Array => {
  const external = new Uint8Array(loader.mopF.length);
  const seenBy = new Int32Array(loader.keys.length).fill(-1);
  const writtenBy = new Int32Array(loader.keys.length).fill(-1);
  for (let txn = 0; txn < loader.txns.count; txn++) {
    const [begin, end] = [loader.mopStart[txn]!, loader.mopStart[txn + 1]!];
    for (let at = begin; at < end; at++) {
      const key = loader.mopKey.items[at]!;
      if (seenBy[key] !== txn && loader.mopF.items[at] === mopCodes.r) external[at] = externalRead;
      seenBy[key] = txn;
    }
    for (let at = end - 1; at >= begin; at--) {
      const key = loader.mopKey.items[at]!;
      if (loader.mopF.items[at] !== mopCodes.w || writtenBy[key] === txn) continue;
      external[at] = externalWrite;
      writtenBy[key] = txn;
    }
  }
  return external;
};

/** Committed transactions; with `crashed`, also those whose end is unknown but whose writes somebody read. */
const findHappened = (loader: Loader, external: Uint8Array, crashed: boolean): Uint8Array => {
  const { txns, mopStart, mopVersion } = loader;
  const happened = Uint8Array.from(txns.kind, (kind) => (kind === kinds.ok ? 1 : 0));
  if (!crashed) return happened;
  const wasRead = new Uint8Array(loader.versionValue.length);
  for (let txn = 0; txn < txns.count; txn++)
    for (let at = mopStart[txn]!; at < mopStart[txn + 1]!; at++)
      if (happened[txn] === 1 && external[at] === externalRead) wasRead[mopVersion.items[at]!] = 1;
  for (let txn = 0; txn < txns.count; txn++) {
    if (txns.kind[txn] !== kinds.info && txns.kind[txn] !== kinds.open) continue;
    for (let at = mopStart[txn]!; at < mopStart[txn + 1]!; at++)
      if (loader.mopF.items[at] === mopCodes.w && wasRead[mopVersion.items[at]!] === 1)
        happened[txn] = 1;
  }
  return happened;
};

const complaint = (loader: Loader): CheckError | undefined => {
  const positions = loader.wrong.slice(0, examplesMax);
  if (positions.length > 0)
    return {
      code: 'unexpected-micro-operations',
      message: 'the history holds micro-operations other than reads and writes of registers',
      positions,
      examples: positions.map(loader.source.op),
    };
  const types = [...new Set(loader.keys.map((key) => typeof key))];
  if (types.length < 2) return undefined;
  return {
    code: 'mixed-key-types',
    message: `keys are of different types (${types.join(', ')}): is "1" the same key as 1?`,
  };
};

/** The columns of a register history, or why it cannot be judged. */
export const readRegisters = (
  source: Source,
  txns: Transactions,
  crashed: boolean,
): RegisterTable | CheckError => {
  const loader = new Loader(source, txns);
  loader.load();
  const wrong = complaint(loader);
  if (wrong && isError(wrong)) return wrong;
  const external = markExternal(loader);
  return {
    source,
    txns,
    mopStart: loader.mopStart,
    mopF: new Uint8Array(loader.mopF.view()),
    mopKey: loader.mopKey.view(),
    mopVersion: loader.mopVersion.view(),
    external,
    keys: loader.keys,
    versionKey: loader.versionKey.view(),
    versionValue: loader.versionValue,
    nilOf: loader.nilOf.view(),
    happened: findHappened(loader, external, crashed),
  };
};
