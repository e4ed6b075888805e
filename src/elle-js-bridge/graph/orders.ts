// Orders that come from the clients rather than the data: sessions and real time.
import { kinds, type Transactions } from '../history/transactions.ts';
import type { Dependencies } from './dependencies.ts';
import { bits } from './relations.ts';

/** Committed transactions of a process, each with the one after it. */
export const forEachSuccessor = (
  txns: Transactions,
  visit: (before: number, after: number) => void,
): void => {
  const last = new Map<number, number>();
  for (let txn = 0; txn < txns.count; txn++) {
    if (txns.kind[txn] !== kinds.ok) continue;
    const process = txns.process[txn]!;
    const before = last.get(process);
    if (before !== undefined) visit(before, txn);
    last.set(process, txn);
  }
};

/** Adds the order of sessions, or of real time, to a graph. */
export const addOrder = (
  graph: Dependencies,
  txns: Transactions,
  order: 'process' | 'realtime',
): void => {
  if (order === 'process')
    forEachSuccessor(txns, (before, after) => graph.edges.add(before, after, bits.process));
  else
    graph.realtime = {
      // What is still open when the history ends takes no part in real time.
      invokedAt: txns.invokedAt.map((at, txn) => (txns.kind[txn] === kinds.open ? -1 : at)),
      completedAt: txns.position.map((at, txn) => (txns.kind[txn] === kinds.ok ? at : -1)),
      positions: txns.positions,
    };
};
