// Workload `list-append`: transactions that append unique values to lists and read them; isolation judged as Elle does.
import {
  type Checker,
  consistencyOf,
  consistencyOptions,
  type OptionValues,
  transactional,
  transactionOptions,
  transactionsOf,
  type Workload,
} from 'ordeal';

/** Throws a usage error for models that nobody knows. */
const isolation = (values: OptionValues): Checker =>
  transactional({ workload: 'list-append', ...consistencyOf(values) });

export const workload: Workload = {
  about: 'Transactions that append to lists and read them, judged by a consistency model.',
  vocabulary: 'list-append',
  options: { ...transactionOptions, ...consistencyOptions },
  generator: ({ options }) => {
    isolation(options); // what is wrong with it shows before anything is touched
    return transactionsOf(options, 'append');
  },
  checkers: ({ options }) => ({ isolation: isolation(options) }),
};
