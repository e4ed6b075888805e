// The checker of transactional workloads: elle-js-bridge's verdict, with counts and a witness.
import {
  type CheckOptions,
  type CheckResult,
  canonicalModel,
  check,
  modelNames,
  type TxnOp,
} from 'elle-js-bridge';
import { usageError } from '../base/errors.ts';
import type { Op } from '../history/op.ts';
import type { Checker } from './checker.ts';
import { gravest, witnessOfAnomaly } from './elle-words.ts';
import type { Verdict } from './verdict.ts';

/** `workload` and, unless told, strict serializability; the rest as elle-js-bridge has it. */
export type TransactionalOptions = CheckOptions;

/** Of each type of anomaly so many are kept in a verdict; all are counted. */
const keptMax = 8;

/** Whatever is not a transaction of a client keeps its place, since evidence names places, but is nobody's operation. */
const transactionsOnly = (history: readonly Op[]): readonly TxnOp[] =>
  history.map(
    (op) => (op.f === 'txn' ? op : { ...op, process: 'nemesis' }) as TxnOp, // the checker looks at the steps itself
  );

/** A checker of isolation; throws a usage error at once for consistency models that nobody knows. */
export const transactional = (options: TransactionalOptions): Checker => {
  for (const name of options.consistencyModels ?? [])
    if (canonicalModel(name) === undefined)
      throw usageError(`unknown consistency model '${name}'`, `known: ${modelNames().join(', ')}`);
  return (history) => verdictOf(check(transactionsOnly(history), options), history);
};

const verdictOf = (result: CheckResult, history: readonly Op[]): Verdict => {
  const { valid, anomalyTypes, not, alsoNot, anomalies, error, warnings } = result;
  const told = valid === false ? gravest(anomalies) : undefined;
  const entries = Object.entries(anomalies);
  return {
    valid,
    anomalyTypes,
    not,
    alsoNot,
    counts: Object.fromEntries(entries.map(([type, list]) => [type, list.length])),
    anomalies: Object.fromEntries(entries.map(([type, list]) => [type, list.slice(0, keptMax)])),
    ...(warnings === undefined ? {} : { warnings }),
    ...(error === undefined ? {} : { reason: error.message, error }),
    ...(told === undefined ? {} : { witness: witnessOfAnomaly(told, { history, broken: not }) }),
  };
};
