// The command-line options of workloads made of random transactions, and the generator that they describe.
import { usageError } from '../base/errors.ts';
import type { Gen } from '../generator/generator.ts';
import {
  keyDistributions,
  type TransactionOptions,
  transactions,
} from '../generator/transactions.ts';
import type { OptionSpecs, OptionValues } from './options.ts';

/** For the `options` of a workload; `transactionsOf` reads their values. */
export const transactionOptions = {
  'key-count': {
    type: 'number',
    describe: 'Keys in use at a time; 0: 10, or 3 with the uniform distribution',
    default: 0,
    min: 0,
    max: 10_000,
    integer: true,
  },
  'key-dist': {
    type: 'string',
    describe:
      'How often each key is chosen: twice as often as the one before, by rank, or all alike',
    default: 'exponential',
    choices: keyDistributions,
  },
  'min-txn-length': {
    type: 'number',
    describe: 'Steps of the shortest transaction',
    default: 1,
    min: 1,
    integer: true,
  },
  'max-txn-length': {
    type: 'number',
    describe: 'Steps of the longest transaction',
    default: 4,
    min: 1,
    max: 1_000,
    integer: true,
  },
  'max-writes-per-key': {
    type: 'number',
    describe: 'Writes to a key, at most, before a new one takes its place',
    default: 256,
    min: 1,
    integer: true,
  },
} as const satisfies OptionSpecs;

const numberOf = (values: OptionValues, name: keyof typeof transactionOptions): number =>
  Number(values[name] ?? transactionOptions[name].default);

/** The generator that a command line asks for; throws a usage error for lengths that exclude one another. */
export const transactionsOf = (
  values: OptionValues,
  write: NonNullable<TransactionOptions['write']>,
): Gen => {
  const minTxnLength = numberOf(values, 'min-txn-length');
  const maxTxnLength = numberOf(values, 'max-txn-length');
  if (minTxnLength > maxTxnLength)
    throw usageError(
      `--min-txn-length ${minTxnLength} is above --max-txn-length ${maxTxnLength}`,
      'Both count the steps of a transaction.',
    );
  const keyCount = numberOf(values, 'key-count');
  const dist = values['key-dist'] ?? transactionOptions['key-dist'].default;
  const keyDist = keyDistributions.find((known) => known === dist);
  return transactions({
    write,
    minTxnLength,
    maxTxnLength,
    maxWritesPerKey: numberOf(values, 'max-writes-per-key'),
    ...(keyDist === undefined ? {} : { keyDist }),
    ...(keyCount === 0 ? {} : { keyCount }),
  });
};

/** For the `options` of a workload whose isolation is judged; `consistencyOf` reads their values. */
export const consistencyOptions = {
  'consistency-models': {
    type: 'string',
    describe: 'What must hold: a comma list, e.g. serializable or snapshot-isolation',
    default: 'strict-serializable',
  },
} as const satisfies OptionSpecs;

/** The models asked for. */
export const consistencyOf = (
  values: OptionValues,
): { readonly consistencyModels: readonly string[] } => {
  const text = String(
    values['consistency-models'] ?? consistencyOptions['consistency-models'].default,
  );
  const consistencyModels = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (consistencyModels.length === 0)
    throw usageError('--consistency-models names none', 'e.g. --consistency-models serializable');
  return { consistencyModels };
};
