// Settles the version order of every key, and who wrote each element.
import { mopCodes } from '../history/columns.ts';
import { kinds } from '../history/transactions.ts';
import type { CheckError } from '../result.ts';
import type { KeyLists } from './lists.ts';
import { oddBase } from './lists.ts';
import type { Loader } from './load.ts';
import type { AppendTable } from './table.ts';

const commonPrefix = (a: Int32Array, b: Int32Array): number => {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a[at] === b[at]) at++;
  return at;
};

type Odd = { readonly id: number; readonly list: Int32Array };

const oddsByKey = (loader: Loader): Map<number, Odd[]> => {
  const byKey = new Map<number, Odd[]>();
  for (const [id, list] of loader.odd.entries()) {
    if (loader.oddCounts.items[id] !== 1) continue;
    const key = loader.mopKey[loader.oddAt.items[id]!]!;
    const odds = byKey.get(key);
    if (odds) odds.push({ id, list });
    else byKey.set(key, [{ id, list }]);
  }
  return byKey;
};

/** The longest list of a key; of several, the one read first. Undefined: the trunk. */
const longerThanTrunk = (loader: Loader, key: KeyLists, odds: readonly Odd[]): Odd | undefined => {
  let length = key.length;
  let seenAt = key.trunkSeenAt;
  let best: Odd | undefined;
  for (const odd of odds) {
    const at = loader.oddAt.items[odd.id]!;
    if (odd.list.length < length || (odd.list.length === length && at > seenAt)) continue;
    [length, seenAt, best] = [odd.list.length, at, odd];
  }
  return best;
};

/** Writes every read of a key again, as it stands to a new trunk. */
const recode = (loader: Loader, key: KeyLists, trunk: Int32Array): void => {
  const before = key.trunk.slice();
  const kept = commonPrefix(before, trunk);
  const values = loader.mopValue;
  for (let at = 0; at < loader.count; at++) {
    if (loader.mopKey[at] !== key.key || loader.mopF[at] !== mopCodes.r) continue;
    const value = values[at]!;
    if (value > kept) {
      values[at] = oddBase - loader.odd.length;
      loader.odd.push(before.slice(0, value));
    } else if (value <= oddBase) {
      const list = loader.odd[oddBase - value]!;
      if (commonPrefix(list, trunk) === list.length) values[at] = list.length;
    }
  }
  key.replaceTrunk(trunk);
};

/** Makes the longest list of each key its trunk; returns the keys whose reads contradict each other. */
const settleTrunks = (loader: Loader): number[] => {
  const odds = oddsByKey(loader);
  for (const [key, lists] of odds) {
    const longest = longerThanTrunk(loader, loader.keys[key]!, lists);
    if (longest) recode(loader, loader.keys[key]!, longest.list);
  }
  return [...odds.keys()].sort((a, b) => a - b);
};

type Writers = Pick<AppendTable, 'writer' | 'failedWriter' | 'openWriter' | 'suspects'> & {
  /** Of each key, its only append by a transaction that may have happened; −1 none, −2 several. */
  readonly only: Int32Array;
  readonly duplicate: CheckError | undefined;
};

const findWriters = (loader: Loader): Writers => {
  let duplicate: CheckError | undefined;
  const anyWriter = new Int32Array(loader.elements.value.length).fill(-1);
  const only = new Int32Array(loader.keys.length).fill(-1);
  const { kind } = loader.txns;
  const { mopF, mopKey, mopValue, mopStart } = loader;
  for (let txn = 0; txn < loader.txns.count; txn++) {
    const isPossible = kind[txn] === kinds.ok || kind[txn] === kinds.info;
    for (let at = mopStart[txn]!; at < mopStart[txn + 1]!; at++) {
      if (mopF[at] !== mopCodes.append) continue;
      const element = mopValue[at]!;
      const other = anyWriter[element]!;
      if (other >= 0) duplicate ??= duplicateAppend(loader, { element, txn, other });
      anyWriter[element] = txn;
      const key = mopKey[at]!;
      if (isPossible) only[key] = only[key] === -1 ? element : -2;
    }
  }
  return { ...splitWriters(anyWriter, kind), only, duplicate };
};

/** Writers apart by how they ended. Most histories hold committed ones only: then nothing is copied. */
const splitWriters = (
  anyWriter: Int32Array,
  kind: Uint8Array,
): Pick<AppendTable, 'writer' | 'failedWriter' | 'openWriter' | 'suspects'> => {
  const suspects = { garbage: false, failed: false, open: false };
  for (let element = 0; element < anyWriter.length; element++) {
    const txn = anyWriter[element]!;
    if (txn < 0) suspects.garbage = true;
    else if (kind[txn] === kinds.fail) suspects.failed = true;
    else if (kind[txn] === kinds.open) suspects.open = true;
  }
  const none = new Int32Array(anyWriter.length).fill(-1);
  if (!suspects.failed && !suspects.open)
    return { writer: anyWriter, failedWriter: none, openWriter: none, suspects };
  const only = (...wanted: readonly number[]): Int32Array =>
    anyWriter.map((txn) => (txn >= 0 && wanted.includes(kind[txn]!) ? txn : -1));
  return {
    writer: only(kinds.ok, kinds.info),
    failedWriter: suspects.failed ? only(kinds.fail) : none,
    openWriter: suspects.open ? only(kinds.open) : none,
    suspects,
  };
};

const duplicateAppend = (
  loader: Loader,
  { element, txn, other }: { element: number; txn: number; other: number },
): CheckError => {
  const positions = [loader.txns.position[other]!, loader.txns.position[txn]!];
  const key = loader.keyNames[loader.elements.key.items[element]!];
  return {
    code: 'duplicate-appends',
    message: `value ${loader.elements.value.at(element)} is appended to key ${key} more than once`,
    positions,
    examples: positions.map(loader.source.op),
  };
};

/** Position of the first element that stands in the list a second time, or −1. */
const firstRepetition = (list: Int32Array): number => {
  const seen = new Set<number>();
  for (let at = 0; at < list.length; at++) {
    if (seen.has(list[at]!)) return at;
    seen.add(list[at]!);
  }
  return -1;
};

type Orders = Pick<
  AppendTable,
  'trunk' | 'trunkStart' | 'order' | 'orderStart' | 'place' | 'repeatedFrom'
>;

const layOut = (loader: Loader, only: Int32Array): Orders => {
  const keys = loader.keys;
  const trunkStart = new Int32Array(keys.length + 1);
  for (const [k, key] of keys.entries()) trunkStart[k + 1] = trunkStart[k]! + key.length;
  const trunk = new Int32Array(trunkStart[keys.length]!);
  const order = new Int32Array(trunk.length + keys.length);
  const orderStart = new Int32Array(keys.length + 1);
  const place = new Int32Array(loader.elements.value.length).fill(-1);
  const repeatedFrom = new Map<number, number>();
  let end = 0;
  for (const [k, key] of keys.entries()) {
    const list = key.trunk;
    trunk.set(list, trunkStart[k]);
    for (let at = 0; at < list.length; at++) {
      const element = list[at]!;
      if (place[element] !== -1) continue;
      place[element] = end;
      order[end++] = element;
    }
    if (end - orderStart[k]! < list.length) repeatedFrom.set(k, firstRepetition(list));
    if (list.length === 0 && only[k]! >= 0) {
      place[only[k]!] = end;
      order[end++] = only[k]!;
    }
    orderStart[k + 1] = end;
  }
  return { trunk, trunkStart, order, orderStart, place, repeatedFrom };
};

/** The finished columns. */
export const settleOrders = (loader: Loader): AppendTable => {
  const incompatible = settleTrunks(loader);
  const writers = findWriters(loader);
  const { only, ...written } = writers;
  return {
    source: loader.source,
    txns: loader.txns,
    mopStart: loader.mopStart,
    mopF: loader.mopF.subarray(0, loader.count),
    mopKey: loader.mopKey.subarray(0, loader.count),
    mopValue: loader.mopValue.subarray(0, loader.count),
    keys: loader.keyNames,
    elementKey: loader.elements.key.view(),
    elementValue: loader.elements.value,
    odd: loader.odd,
    incompatible,
    ...layOut(loader, only),
    ...written,
  };
};
