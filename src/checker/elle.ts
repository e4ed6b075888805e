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

/** Nemesis operations, and any that are not transactions, are none of this checker's business. */
const isTransaction = ({ process, f }: Op): boolean => process !== 'nemesis' && f === 'txn';

/** A checker of isolation; throws a usage error at once for consistency models that nobody knows. */
export const transactional = (options: TransactionalOptions): Checker => {
  for (const name of options.consistencyModels ?? [])
    if (canonicalModel(name) === undefined)
      throw usageError(`unknown consistency model '${name}'`, `known: ${modelNames().join(', ')}`);
  return (history) => {
    const ops = history.filter(isTransaction) as readonly TxnOp[]; // the checker looks at the steps itself
    return verdictOf(check(ops, options), history);
  };
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
