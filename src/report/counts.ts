// How operations ended, inside and outside of fault windows.
import type { Operation } from './operations.ts';
import type { Span } from './windows.ts';

/** How operations ended; what never completed counts as `info`: it may have happened. */
export type Tally = { readonly ok: number; readonly fail: number; readonly info: number };

/** One kind of operation, inside and outside of fault windows. */
export type CountRow = { readonly f: string; readonly inside: Tally; readonly outside: Tally };

export const noTally: Tally = { ok: 0, fail: 0, info: 0 };

export const add = (a: Tally, b: Tally): Tally => ({
  ok: a.ok + b.ok,
  fail: a.fail + b.fail,
  info: a.info + b.info,
});

export const total = (tally: Tally): number => tally.ok + tally.fail + tally.info;

/** Whether an operation's interval touches one of the spans (disjoint, in order of time). */
export const touches = (operation: Operation, spans: readonly Span[]): boolean => {
  const end = operation.end ?? Number.POSITIVE_INFINITY;
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle]!.end < operation.start) low = middle + 1;
    else high = middle;
  }
  return low < spans.length && spans[low]!.start <= end;
};

type Counter = { ok: number; fail: number; info: number };
const counter = (): Counter => ({ ok: 0, fail: 0, info: 0 });

/** A row for each kind of operation, in order of first use. An operation is inside when any part of it was. */
export const countsOf = (
  operations: readonly Operation[],
  spans: readonly Span[],
): readonly CountRow[] => {
  const rows = new Map<string, { inside: Counter; outside: Counter }>();
  for (const operation of operations) {
    const row = rows.get(operation.f) ?? { inside: counter(), outside: counter() };
    rows.set(operation.f, row);
    const side = touches(operation, spans) ? row.inside : row.outside;
    side[operation.type === 'invoke' ? 'info' : operation.type]++;
  }
  return [...rows].map(([f, row]) => ({ f, ...row }));
};

/** All rows together. */
export const sumOf = (rows: readonly CountRow[]): Omit<CountRow, 'f'> => ({
  inside: rows.reduce((sum, row) => add(sum, row.inside), noTally),
  outside: rows.reduce((sum, row) => add(sum, row.outside), noTally),
});
