// The same question to either of two judges, or to both.
import { check as checkHere } from './check.ts';
import { type Columns, isColumns, opAt } from './history/columns.ts';
import { checkOnJvm, type JvmOptions } from './jvm/backend.ts';
import { type Difference, differencesBetween } from './jvm/compare.ts';
import type { TxnOp } from './op.ts';
import type { CheckOptions } from './options.ts';
import type { CheckResult } from './result.ts';

export type JvmCheckOptions = CheckOptions & JvmOptions & { readonly backend: 'jvm' };

type Check = {
  /** Judges a history with the JVM's Elle. */
  (history: readonly TxnOp[] | Columns, options: JvmCheckOptions): Promise<CheckResult>;
  /** Judges a history. What is wrong with the history makes the answer 'unknown'; nothing is thrown. */
  (history: readonly TxnOp[] | Columns, options: CheckOptions): CheckResult;
};

const opsOf = (history: readonly TxnOp[] | Columns): readonly TxnOp[] =>
  isColumns(history)
    ? Array.from({ length: history.type.length }, (_, position) => opAt(history, position))
    : history;

const isJvm = (options: CheckOptions | JvmCheckOptions): options is JvmCheckOptions =>
  'backend' in options && options.backend === 'jvm';

export const check: Check = ((history: readonly TxnOp[] | Columns, options: CheckOptions) =>
  isJvm(options)
    ? checkOnJvm(opsOf(history), options, options)
    : checkHere(history, options)) as Check; // one function, two signatures

export type Comparison = {
  readonly ours: CheckResult;
  readonly theirs: CheckResult;
  readonly differences: readonly Difference[];
};

/** Asks both judges and lists every difference, with its reason where one is known. */
export const compare = async (
  history: readonly TxnOp[] | Columns,
  options: CheckOptions,
  jvm: JvmOptions,
): Promise<Comparison> => {
  const ours = checkHere(history, options);
  const theirs = await checkOnJvm(opsOf(history), options, jvm);
  return { ours, theirs, differences: differencesBetween({ ours, theirs }, options) };
};
