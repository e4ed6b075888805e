// Operations as the search sees them: invocation and completion in one, split by key; what failed is left out.
import { usageError } from '../../base/errors.ts';
import type { Op } from '../../history/op.ts';
import { pair } from '../../history/pairing.ts';
import type { Model, ModelOp } from './model.ts';

/** One operation that happened or may have happened. Positions are indices of the history, so they order events. */
export type Call = {
  readonly op: ModelOp;
  readonly invoke: Op;
  /** The `ok` or `info` record, when there is one. */
  readonly completion: Op | undefined;
  readonly start: number;
  /** Position of the `ok`: the latest moment at which it took effect. Infinity when the outcome is unknown. */
  readonly end: number;
  /** It may never have taken effect. */
  readonly optional: boolean;
};

/** The calls of one independent part, ordered by start. */
export type Part = { readonly key: string | number | undefined; readonly calls: readonly Call[] };

const modelOpOf = (invoke: Op, completion: Op | undefined): ModelOp => {
  const isOk = completion?.type === 'ok';
  return {
    f: invoke.f,
    type: isOk ? 'ok' : 'info',
    value: isOk ? completion.value : invoke.value,
    input: invoke.value,
  };
};

/**
 * The client operations of a history, completed or not. Failed ones are left out: they certainly did not happen.
 * Throws an `OrdealError` (usage) when a process breaks a rule of pairing, or for an operation not among `fs`.
 */
export const callsOf = (history: readonly Op[], fs: readonly string[]): Call[] => {
  const pairs = pair(history);
  const known = new Set(fs);
  const calls: Call[] = [];
  for (let start = 0; start < history.length; start++) {
    const invoke = history[start] as Op;
    if (invoke.type !== 'invoke' || invoke.process === 'nemesis') continue;
    if (!known.has(invoke.f))
      throw usageError(
        `operation ${invoke.index} is a "${invoke.f}": the model knows ${fs.join(', ')}`,
      );
    const at = pairs[start] as number;
    const completion = at < 0 ? undefined : history[at];
    if (completion?.type === 'fail') continue;
    const op = modelOpOf(invoke, completion);
    const optional = op.type === 'info';
    const end = optional ? Number.POSITIVE_INFINITY : at;
    calls.push({ op, invoke, completion, start, end, optional });
  }
  return calls;
};

/** Splits calls into the parts that the model says are independent; parts in order of first appearance. */
export const partsOf = <S>(calls: readonly Call[], model: Model<S>): Part[] => {
  const parts = new Map<string | number | undefined, Call[]>();
  for (const call of calls) {
    const key = model.partition === undefined ? call.invoke.key : model.partition(call.op);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [call]);
    else part.push(call);
  }
  return [...parts].map(([key, part]) => ({ key, calls: part }));
};
