// Bank: transfers between accounts must keep the total, whatever a read sees. Breaks under read skew.
import type { Op } from '../op.ts';
import { canonical, entriesOf, indexOf, isClientOp, type WorkloadVerdict } from './verdict.ts';

/**
 * Operations: `{f: 'read', value: null}` invoked and `{f: 'read', value: {account: balance, …}}` completed (a record,
 * a Map or a list of pairs); `{f: 'transfer', value: {from, to, amount}}`. Only completed reads are judged.
 */
export type BankOptions = {
  /** All accounts there are; without it any account is expected. */
  readonly accounts?: readonly unknown[];
  /** What all balances add up to at every moment; 100 unless said otherwise. */
  readonly totalAmount?: number;
  /** Whether balances may be below zero; false unless said otherwise. */
  readonly negativeBalances?: boolean;
};

/** A read that shows a wrong state; the first thing wrong with it decides the type, in this order. */
export type BankError = { readonly op: Op; readonly index: number } & (
  | { readonly type: 'unexpected-key'; readonly unexpected: readonly unknown[] }
  | { readonly type: 'nil-balance'; readonly nils: readonly unknown[] }
  | { readonly type: 'wrong-total'; readonly total: number }
  | { readonly type: 'negative-value'; readonly negative: readonly number[] }
);

/** The errors of one type: how many, and the ones worth looking at. */
export type BankErrors = {
  readonly count: number;
  readonly first: BankError;
  readonly worst: BankError;
  readonly last: BankError;
  /** Of `wrong-total`: the reads with the least and the greatest total. */
  readonly lowest?: BankError;
  readonly highest?: BankError;
};

/** The verdict, with the fields of Jepsen's. `unknown` if nothing was ever read. */
export type BankVerdict = WorkloadVerdict & {
  readonly readCount: number;
  readonly errorCount: number;
  readonly firstError: BankError | null;
  readonly errors: Readonly<Record<string, BankErrors>>;
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

const badness = (error: BankError, total: number): number => {
  switch (error.type) {
    case 'unexpected-key':
      return error.unexpected.length;
    case 'nil-balance':
      return error.nils.length;
    case 'wrong-total':
      return Math.abs(error.total - total);
    default:
      return -sum(error.negative);
  }
};

const judge = (
  read: { op: Op; index: number },
  options: { accounts: ReadonlySet<unknown> | undefined; total: number; negative: boolean },
): BankError | undefined => {
  const entries = entriesOf(read.op.value);
  const { accounts } = options;
  // Record keys are text, accounts may be numbers: a name counts in either form.
  const known = (name: unknown): boolean =>
    accounts === undefined || accounts.has(canonical(name)) || accounts.has(`${name}`);
  const unexpected = entries.map(([name]) => name).filter((name) => !known(name));
  if (unexpected.length > 0) return { type: 'unexpected-key', unexpected, ...read };
  const nils = entries.filter(([, balance]) => balance === null || balance === undefined);
  if (nils.length > 0) return { type: 'nil-balance', nils: nils.map(([name]) => name), ...read };
  const balances = entries.map(([, balance]) => Number(balance));
  const total = sum(balances);
  if (total !== options.total) return { type: 'wrong-total', total, ...read };
  const negative = balances.filter((balance) => balance < 0);
  if (negative.length > 0 && !options.negative)
    return { type: 'negative-value', negative, ...read };
  return undefined;
};

const maxBy = <T>(items: readonly T[], rank: (item: T) => number): T =>
  items.reduce((best, item) => (rank(item) > rank(best) ? item : best));

const summarize = (errors: readonly BankError[], total: number): BankErrors => {
  const totalOf = (error: BankError): number => (error.type === 'wrong-total' ? error.total : 0);
  return {
    count: errors.length,
    first: errors[0] as BankError,
    worst: maxBy(errors, (error) => badness(error, total)),
    last: errors[errors.length - 1] as BankError,
    ...(errors[0]?.type === 'wrong-total'
      ? { lowest: maxBy(errors, (e) => -totalOf(e)), highest: maxBy(errors, totalOf) }
      : {}),
  };
};

/** Judges every completed read of a bank history. */
export const checkBank = (ops: readonly Op[], options: BankOptions = {}): BankVerdict => {
  const total = options.totalAmount ?? 100;
  const accounts =
    options.accounts && new Set(options.accounts.flatMap((a) => [canonical(a), `${a}`]));
  const rules = { accounts, total, negative: options.negativeBalances ?? false };
  const reads = ops
    .map((op, position) => ({ op, index: indexOf(op, position) }))
    .filter(({ op }) => op.type === 'ok' && op.f === 'read' && isClientOp(op));
  const found = reads.flatMap((read) => judge(read, rules) ?? []);
  const types = [...new Set(found.map((error) => error.type))];
  return {
    valid: found.length > 0 ? false : reads.length === 0 ? 'unknown' : true,
    readCount: reads.length,
    errorCount: found.length,
    firstError: found[0] ?? null,
    errors: Object.fromEntries(
      types.map((type) => [
        type,
        summarize(
          found.filter((error) => error.type === type),
          total,
        ),
      ]),
    ),
  };
};
