// Which failures prove that a transaction did not commit: the rule, the table, and what follows from them.
import type { Completion, OpError } from '../../history/op.ts';
import { ConnectionError, PostgresError } from './session.ts';

/**
 * What an error in answer to COMMIT says: `none` the transaction was rolled back, `unknown` it may have committed.
 * Before COMMIT was sent nothing can commit, whatever fails: the table is for the answer to COMMIT alone.
 */
export type CommitFailure = {
  /** SQLSTATE (appendix A of PostgreSQL's manual). */
  readonly sqlState: string;
  readonly code: string;
  readonly effect: 'none' | 'unknown';
  readonly because: string;
};

/** Exact codes; one that is not here counts as `unknown`, and so does every error that ends the connection. */
export const commitFailures: readonly CommitFailure[] = [
  {
    sqlState: '40001',
    code: 'serialization-failure',
    effect: 'none',
    because: 'PreCommit_CheckForSerializationFailure (predicate.c) runs before the commit record',
  },
  {
    sqlState: '40P01',
    code: 'deadlock',
    effect: 'none',
    because: 'the victim of a deadlock is rolled back before it can commit',
  },
  {
    sqlState: '40002',
    code: 'constraint-at-commit',
    effect: 'none',
    because: 'deferred constraints are checked in CommitTransaction (xact.c) before the record',
  },
  {
    sqlState: '23505',
    code: 'unique-violation',
    effect: 'none',
    because: 'deferred constraints are checked in CommitTransaction (xact.c) before the record',
  },
  {
    sqlState: '25P02',
    code: 'in-failed-transaction',
    effect: 'none',
    because: 'the transaction had failed before',
  },
  {
    sqlState: '53200',
    code: 'out-of-memory',
    effect: 'unknown',
    because: 'nothing is promised of when it strikes',
  },
  {
    sqlState: '57014',
    code: 'query-cancelled',
    effect: 'unknown',
    because: 'a cancellation may be noticed between the commit and its answer',
  },
  {
    sqlState: '57P01',
    code: 'shutdown',
    effect: 'unknown',
    because: 'the session may be ended between the commit and its answer',
  },
  {
    sqlState: '57P02',
    code: 'crash-shutdown',
    effect: 'unknown',
    because: 'another process crashed; this one is ended wherever it is',
  },
  {
    sqlState: '58030',
    code: 'io-error',
    effect: 'unknown',
    because: 'what was written of the commit record is found out at recovery',
  },
];

/** Names for errors that come before COMMIT only; there every one of them proves that nothing happened. */
const earlierNames: { readonly [sqlState: string]: string } = {
  '57P03': 'cannot-connect-now',
  '53300': 'too-many-connections',
  '55P03': 'lock-not-available',
  '23505': 'unique-violation',
  '42P01': 'no-such-table',
};

const failureOf = new Map(commitFailures.map((failure) => [failure.sqlState, failure]));

/** What is known after a transaction failed: whether it can have an effect, and what to record. */
export type Judgement = { readonly effect: 'none' | 'unknown'; readonly error: OpError };

/** `committing`: COMMIT was sent, or may have been. */
export const judge = (thrown: unknown, committing: boolean): Judgement => {
  if (thrown instanceof PostgresError) {
    const { sqlState, fatal, message } = thrown;
    const failure = failureOf.get(sqlState);
    const code = failure?.code ?? earlierNames[sqlState] ?? `sqlstate-${sqlState}`;
    const effect = !committing ? 'none' : fatal ? 'unknown' : (failure?.effect ?? 'unknown');
    return { effect, error: [code, message] };
  }
  const code = thrown instanceof ConnectionError ? thrown.code : 'unknown-error';
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { effect: committing ? 'unknown' : 'none', error: [code, message] };
};

/** A transaction that changes nothing never happened when it failed; another is `info` unless it provably did not commit. */
export const completionOf = (
  thrown: unknown,
  { committing, changes }: { readonly committing: boolean; readonly changes: boolean },
): Completion => {
  const { effect, error } = judge(thrown, committing);
  return { type: changes && effect === 'unknown' ? 'info' : 'fail', error };
};
