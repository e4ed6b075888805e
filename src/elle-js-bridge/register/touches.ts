// How a transaction touches keys: the versions it finds there and those it leaves.
import { Ints } from '../history/growable.ts';
import { kinds } from '../history/transactions.ts';
import { externalRead, type RegisterTable } from './table.ts';

/** Edges between versions: from[i] → to[i], both of one key. */
export class VersionEdges {
  readonly from = new Ints();
  readonly to = new Ints();

  add(from: number, to: number): void {
    if (from < 0 || to < 0 || from === to) return;
    this.from.push(from);
    this.to.push(to);
  }
}

/** What a transaction leaves behind of each key it touches, and what it finds there. */
export type Touch = {
  readonly key: number;
  /** Version others come after; −1 when the transaction leaves none that is known. */
  readonly leaves: number;
  /** Version that comes after others. */
  readonly finds: number;
};

/** A transaction's touches of keys, one a key. A nil read gives way to a write, as in Elle. */
export const touchesOf = (table: RegisterTable, txn: number): Touch[] => {
  const isOk = table.txns.kind[txn] === kinds.ok;
  const touches: Touch[] = [];
  for (let at = table.mopStart[txn]!; at < table.mopStart[txn + 1]!; at++) {
    const what = table.external[at]!;
    if (what === 0 || (what === externalRead && !isOk)) continue;
    const key = table.mopKey[at]!;
    const version = table.mopVersion[at]!;
    const i = touches.findIndex((touch) => touch.key === key);
    if (i < 0) touches.push({ key, leaves: version, finds: version });
    else {
      const read = touches[i]!.finds;
      touches[i] = { key, leaves: version, finds: read === table.nilOf[key] ? version : read };
    }
  }
  return touches;
};
