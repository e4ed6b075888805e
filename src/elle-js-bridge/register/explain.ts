// Says why one transaction of a register history comes before another.
import type { Layout } from '../graph/edges.ts';
import { bits, relationOf } from '../graph/relations.ts';
import type { Step } from '../result.ts';
import { externalRead, externalWrite, type RegisterTable } from './table.ts';

type Pair = { readonly a: number; readonly b: number };
type Query = Pair & {
  readonly aMops: number;
  readonly bMops: number;
  readonly fits: (from: number, to: number) => boolean;
};

const externals = (table: RegisterTable, txn: number, what: number): number[] => {
  const found: number[] = [];
  for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++)
    if (table.external[at] === what) found.push(at);
  return found;
};

const findPair = (
  table: RegisterTable,
  { a, b, aMops, bMops, fits }: Query,
): readonly [number, number] | undefined => {
  for (const from of externals(table, a, aMops))
    for (const to of externals(table, b, bMops))
      if (fits(table.mopVersion[from]!, table.mopVersion[to]!)) return [from, to];
  return undefined;
};

const isOrdered = ({ start, to }: Layout, v: number, next: number): boolean =>
  to.subarray(start[v], start[v + 1]).includes(next);

/** The reason for a data relation (one bit) between two transactions. */
export const explainRegister = (
  table: RegisterTable,
  order: Layout,
  { a, b, bit }: Pair & { readonly bit: number },
): Step => {
  const isWr = bit === bits.wr;
  const found = findPair(table, {
    a,
    b,
    aMops: bit === bits.rw ? externalRead : externalWrite,
    bMops: isWr ? externalRead : externalWrite,
    fits: (v, next) => (isWr ? v === next : isOrdered(order, v, next)),
  });
  const type = relationOf(bit);
  if (!found) return { type };
  const [from, to] = found;
  return {
    type,
    key: table.keys[table.mopKey[from]!]!,
    value: table.versionValue.at(table.mopVersion[from]!),
    ...(isWr ? {} : { nextValue: table.versionValue.at(table.mopVersion[to]!) }),
    mopIndex: from - table.mopStart[a]!,
    nextMopIndex: to - table.mopStart[b]!,
  };
};
