// The door of the package: a history and what it should satisfy go in, a verdict with evidence comes out.
import type { Analysis } from './analysis.ts';
import { analyzeAppends } from './append/check.ts';
import { analyzeCycles } from './cycles/analyze.ts';
import { describeCycle, describeExists } from './evidence/cycle.ts';
import { addOrder } from './graph/orders.ts';
import type { Columns } from './history/columns.ts';
import { isError } from './history/errors.ts';
import { openSource, type Source } from './history/source.ts';
import { pairTransactions, type Transactions } from './history/transactions.ts';
import type { TxnOp } from './op.ts';
import type { CheckOptions } from './options.ts';
import { analyzeRegisters } from './register/check.ts';
import type { Anomaly, CheckError, CheckResult } from './result.ts';
import {
  type Anomalies,
  forbiddenAnomalies,
  orderNeeded,
  unjudged,
  unknownNames,
  verdictOn,
} from './verdict.ts';

/** Judges a history of transactions. Never throws for what is wrong with the history: the answer then is 'unknown'. */
export const check = (history: readonly TxnOp[] | Columns, options: CheckOptions): CheckResult => {
  const wrong = unknownNames(options);
  if (wrong) return unjudged(wrong);
  const source = openSource(history);
  const txns = pairTransactions(source.events);
  if (txns.overlap && needsPairs(options)) return unjudged(txns.overlap);
  const analysis = analyze(source, txns, options);
  return isError(analysis) ? unjudged(analysis) : judge({ source, txns, analysis, options });
};

/** Whether invocations have to be matched with completions: for orders of sessions and real time. */
const needsPairs = (options: CheckOptions): boolean =>
  orderNeeded(forbiddenAnomalies(options)) !== undefined ||
  (options.additionalGraphs ?? []).length > 0 ||
  options.sequentialKeys === true ||
  options.linearizableKeys === true;

const analyze = (
  source: Source,
  txns: Transactions,
  options: CheckOptions,
): Analysis | CheckError =>
  options.workload === 'list-append'
    ? analyzeAppends(source, txns)
    : analyzeRegisters(source, txns, options);

type Case = {
  readonly source: Source;
  readonly txns: Transactions;
  readonly analysis: Analysis;
  readonly options: CheckOptions;
};

const judge = ({ source, txns, analysis, options }: Case): CheckResult => {
  const { graph, explain, priority, findings, warnings } = analysis;
  const forbidden = forbiddenAnomalies(options);
  const needed = orderNeeded(forbidden);
  for (const order of new Set([...(needed ? [needed] : []), ...(options.additionalGraphs ?? [])]))
    addOrder(graph, txns, order);
  const found: Anomalies = new Map(
    Object.entries(findings)
      .filter(([, list]) => list.length > 0)
      .map(([name, list]) => [name, [...list]]),
  );
  if (graph.isEmpty) found.set('empty-transaction-graph', [{}]);
  const work = options.work === undefined ? {} : { work: options.work };
  const { cycles, exists } = analyzeCycles(graph, { priority, ...work });
  const evidence = { source, txns, explain };
  for (const cycle of cycles) add(found, cycle.type, describeCycle(evidence, cycle));
  for (const hit of exists) add(found, hit.type, describeExists(evidence, hit));
  const result = verdictOn(found, forbidden);
  return warnings.length === 0 ? result : { ...result, warnings };
};

const add = (found: Anomalies, type: string, anomaly: Anomaly): void => {
  const known = found.get(type);
  if (known) known.push(anomaly);
  else found.set(type, [anomaly]);
};
