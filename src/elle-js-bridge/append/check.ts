// The list-append check: columns, anomalies of single reads and keys, dependencies.
import type { Analysis } from '../analysis.ts';
import { bits } from '../graph/relations.ts';
import { isError } from '../history/errors.ts';
import type { Source } from '../history/source.ts';
import type { Transactions } from '../history/transactions.ts';
import type { CheckError } from '../result.ts';
import { abortedReads, garbageReads, intermediateReads, openReads } from './aborted.ts';
import { appendDependencies } from './dependencies.ts';
import { explainAppend } from './explain.ts';
import { findRepeats, futureReads, internalAnomalies } from './internal.ts';
import { Loader } from './load.ts';
import { settleOrders } from './orders.ts';
import type { AppendTable } from './table.ts';
import { dirtyUpdates, duplicateElements, incompatibleOrders, lostUpdates } from './updates.ts';

/** The columns of a list-append history. */
export const readAppends = (source: Source, txns: Transactions): AppendTable | CheckError => {
  const loader = new Loader(source, txns);
  return loader.load() ?? settleOrders(loader);
};

export const analyzeAppends = (source: Source, txns: Transactions): Analysis | CheckError => {
  const table = readAppends(source, txns);
  if (isError(table)) return table;
  if (table.duplicate) return table.duplicate;
  const repeats = findRepeats(table);
  const findings = {
    G1a: abortedReads(table),
    G1b: intermediateReads(table),
    internal: internalAnomalies(table, repeats),
    'future-read': futureReads(table, repeats),
    'dirty-update': dirtyUpdates(table),
    'duplicate-elements': duplicateElements(table),
    'incompatible-order': incompatibleOrders(table),
    'lost-update': lostUpdates(table),
    'garbage-read': garbageReads(table),
    'open-write-observed': openReads(table),
  };
  return {
    findings,
    graph: appendDependencies(table),
    explain: (pair, bit) => explainAppend(table, pair, bit),
    priority: [bits.ww, bits.wr, bits.rw],
    warnings: [],
  };
};
