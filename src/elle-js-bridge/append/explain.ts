// Says why one transaction of a list-append history comes before another: key, values and micro-operations.
import { bits, relationOf } from '../graph/relations.ts';
import { mopCodes } from '../history/columns.ts';
import type { Scalar } from '../op.ts';
import type { Step } from '../result.ts';
import { nilRead } from './lists.ts';
import { lastRead } from './reads.ts';
import type { AppendTable } from './table.ts';

type Pair = { readonly a: number; readonly b: number };

const mopsOf = function* (table: AppendTable, txn: number, f: number): Generator<number> {
  for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++)
    if (table.mopF[at] === f) yield at;
};

const appendOf = (table: AppendTable, txn: number, element: number): number | undefined =>
  mopsOf(table, txn, mopCodes.append).find((at) => table.mopValue[at] === element);

/** The element before one in the version order; −1 for the initial state. */
const before = (table: AppendTable, element: number): number => {
  const key = table.elementKey[element]!;
  const at = table.place[element]! >= 0 ? table.place[element]! : table.orderStart[key + 1]!;
  return at > table.orderStart[key]! ? table.order[at - 1]! : -1;
};

const shownValue = (table: AppendTable, element: number): Scalar | null =>
  element < 0 ? null : table.elementValue.at(element);

type Ends = { readonly from: number; readonly to: number; readonly next: number | undefined };

const stepOf = (table: AppendTable, { a, b }: Pair, type: Step['type'], ends: Ends): Step => ({
  type,
  key: table.keys[table.mopKey[ends.to]!]!,
  value: shownValue(table, type === 'rw' ? lastRead(table, ends.from) : table.mopValue[ends.from]!),
  ...(ends.next === undefined ? {} : { nextValue: shownValue(table, ends.next) }),
  mopIndex: ends.from - table.mopStart[a]!,
  nextMopIndex: ends.to - table.mopStart[b]!,
});

const writeAfterWrite = (table: AppendTable, pair: Pair): Step | undefined => {
  for (const to of mopsOf(table, pair.b, mopCodes.append)) {
    const element = table.mopValue[to]!;
    const previous = before(table, element);
    const from = previous < 0 ? undefined : appendOf(table, pair.a, previous);
    if (from !== undefined) return stepOf(table, pair, 'ww', { from, to, next: element });
  }
  return undefined;
};

const readAfterWrite = (table: AppendTable, pair: Pair): Step | undefined => {
  for (const to of mopsOf(table, pair.b, mopCodes.r)) {
    const element = lastRead(table, to);
    const from = element < 0 ? undefined : appendOf(table, pair.a, element);
    if (from !== undefined) return stepOf(table, pair, 'wr', { from, to, next: undefined });
  }
  return undefined;
};

const isNilInfo = (table: AppendTable, txn: number, at: number): boolean =>
  table.mopValue[at] === nilRead && table.txns.kind[txn] !== 1;

const writeAfterRead = (table: AppendTable, pair: Pair): Step | undefined => {
  for (const from of mopsOf(table, pair.a, mopCodes.r)) {
    if (isNilInfo(table, pair.a, from)) continue;
    const last = lastRead(table, from);
    for (const to of mopsOf(table, pair.b, mopCodes.append)) {
      const element = table.mopValue[to]!;
      if (table.mopKey[to] !== table.mopKey[from] || before(table, element) !== last) continue;
      return stepOf(table, pair, 'rw', { from, to, next: element });
    }
  }
  return undefined;
};

/** The reason for a data relation (one bit) between two transactions. */
export const explainAppend = (table: AppendTable, pair: Pair, bit: number): Step => {
  const step =
    bit === bits.ww
      ? writeAfterWrite(table, pair)
      : bit === bits.wr
        ? readAfterWrite(table, pair)
        : writeAfterRead(table, pair);
  return step ?? { type: relationOf(bit) };
};
