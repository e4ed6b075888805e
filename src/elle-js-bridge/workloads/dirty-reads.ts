// Dirty reads: nobody may see what a failed transaction wrote, and no read may mix two transactions' rows.
import type { Op } from '../op.ts';
import { canonical, indexOf, isClientOp, type WorkloadVerdict } from './verdict.ts';

/**
 * Operations: `{f: 'write', value: x}` sets every row of a table to the unique x in one transaction;
 * `{f: 'read', value: [row, row, …]}` reads all rows (or `value: x` for a table of one). Rows never written are null.
 */
export type DirtyReadOptions = {
  /** Whether rows that differ within one read are an error; Jepsen only lists them, so false unless said otherwise. */
  readonly wholeReads?: boolean;
};

/** A read with what is wrong in it. */
export type BadRead = {
  readonly op: Op;
  readonly index: number;
  readonly values: readonly unknown[];
};

/** The verdict; `unknown` if nothing was read. */
export type DirtyReadVerdict = WorkloadVerdict & {
  readonly readCount: number;
  readonly failedWriteCount: number;
  /** Reads of values that a failed write left behind, with those values. */
  readonly dirtyReads: readonly BadRead[];
  /** Reads whose rows come from more than one write, with the distinct rows. */
  readonly inconsistentReads: readonly BadRead[];
  /** Reads of values that nobody wrote. */
  readonly strangeReads: readonly BadRead[];
};

const rowsOf = (value: unknown): unknown[] =>
  [...new Set((Array.isArray(value) ? value : [value]).map(canonical))].filter(
    (row) => row !== undefined,
  );

/** Looks for values of failed writes in completed reads, in time O(rows read). */
export const checkDirtyReads = (
  ops: readonly Op[],
  options: DirtyReadOptions = {},
): DirtyReadVerdict => {
  const clients = ops
    .map((op, position) => ({ op, index: indexOf(op, position) }))
    .filter(({ op }) => isClientOp(op));
  const writesOf = (type: Op['type']): Set<unknown> =>
    new Set(
      clients
        .filter(({ op }) => op.f === 'write' && op.type === type)
        .map(({ op }) => canonical(op.value)),
    );
  const [attempted, failed, succeeded] = [writesOf('invoke'), writesOf('fail'), writesOf('ok')];
  const possible = new Set([...attempted, ...succeeded, ...writesOf('info'), ...failed]);
  const reads = clients.filter(
    ({ op }) => op.f === 'read' && op.type === 'ok' && op.value !== null,
  );
  const bad = (wrong: (rows: unknown[]) => unknown[]): BadRead[] =>
    reads.flatMap(({ op, index }) => {
      const values = wrong(rowsOf(op.value));
      return values.length === 0 ? [] : [{ op, index, values }];
    });
  // A value that one attempt failed to write and a retry wrote is clean.
  const dirtyReads = bad((rows) => rows.filter((row) => failed.has(row) && !succeeded.has(row)));
  const inconsistentReads = bad((rows) => (rows.length > 1 ? rows : []));
  const strangeReads = bad((rows) => rows.filter((row) => row !== null && !possible.has(row)));
  const mixed = options.wholeReads === true && inconsistentReads.length > 0;
  const wrong = dirtyReads.length > 0 || strangeReads.length > 0 || mixed;
  return {
    valid: wrong ? false : reads.length === 0 ? 'unknown' : true,
    readCount: reads.length,
    failedWriteCount: failed.size,
    dirtyReads,
    inconsistentReads,
    strangeReads,
  };
};
