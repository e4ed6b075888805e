// Cuts a register's calls at moments of rest: an operation that ran alone tells what the register held after it.
import { type Call, opOf } from './calls.ts';
import type { Model } from './model.ts';

/** Calls that can be judged on their own, and what the register held before them. */
export type Segment<S> = { readonly model: Model<S>; readonly calls: readonly Call[] };

/**
 * The calls in segments, in order; all of them are linearizable exactly if each segment is. A segment ends with an
 * operation that began after everything before it had returned and returned before anything else began. After a call
 * that may still take effect there are no more cuts. One segment for other models. Calls are ordered by start.
 */
export const segmentsOf = <S>(model: Model<S>, calls: readonly Call[]): readonly Segment<S>[] => {
  const { register } = model;
  if (register === undefined) return [{ model, calls }];
  const segments: Segment<S>[] = [];
  let from = 0;
  let init = model.init;
  let latestEnd = -1;
  for (let at = 0; at < calls.length; at++) {
    const call = calls[at] as Call;
    if (call.optional || call.start < 0) break;
    const isAlone = latestEnd < call.start && call.end < (calls[at + 1]?.start ?? 0);
    latestEnd = Math.max(latestEnd, call.end);
    const { reads, writes } = isAlone
      ? register(opOf(call))
      : { reads: undefined, writes: undefined };
    const left = writes ?? reads;
    if (left === undefined) continue;
    segments.push({ model: { ...model, init }, calls: calls.slice(from, at + 1) });
    from = at + 1;
    init = left as S;
  }
  segments.push({ model: { ...model, init }, calls: calls.slice(from) });
  return segments;
};
