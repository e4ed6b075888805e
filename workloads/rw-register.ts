// Workload `rw-register`: transactions that write unique values to registers and read them; judged as Elle does.
import {
  type Checker,
  consistencyOf,
  consistencyOptions,
  type OptionSpecs,
  type OptionValues,
  transactional,
  transactionOptions,
  transactionsOf,
  type Workload,
} from 'ordeal';

/** Unlike a list, a register does not show what was written before: these say what may be taken for granted. */
const orderOptions = {
  'linearizable-keys': {
    type: 'boolean',
    describe: 'Take for granted that each key alone is linearizable, and find more',
    default: false,
  },
  'sequential-keys': {
    type: 'boolean',
    describe: 'Take for granted that each key alone is sequentially consistent, and find more',
    default: false,
  },
  'wfr-keys': {
    type: 'boolean',
    describe: 'Take for granted that a transaction writes after what it read of the same key',
    default: false,
  },
} as const satisfies OptionSpecs;

/** Throws a usage error for models that nobody knows. */
const isolation = (values: OptionValues): Checker =>
  transactional({
    workload: 'rw-register',
    ...consistencyOf(values),
    beyondElle: true,
    linearizableKeys: values['linearizable-keys'] === true,
    sequentialKeys: values['sequential-keys'] === true,
    wfrKeys: values['wfr-keys'] === true,
  });

export const workload: Workload = {
  about: 'Transactions that write registers and read them, judged by a consistency model.',
  vocabulary: 'rw-register',
  options: { ...transactionOptions, ...consistencyOptions, ...orderOptions },
  generator: ({ options }) => {
    isolation(options); // what is wrong with it shows before anything is touched
    return transactionsOf(options, 'w');
  },
  checkers: ({ options }) => ({ isolation: isolation(options) }),
};
