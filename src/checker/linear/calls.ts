// Operations as the search sees them: invocation and completion in one, split by key; what failed is left out.
import { usageError } from '../../base/errors.ts';
import type { Op } from '../../history/op.ts';
import { pair } from '../../history/pairing.ts';
import type { Model, ModelOp } from './model.ts';

/** Later than any position of a history. */
export const never = 0x7fff_ffff;

/** One operation that happened or may have happened. Positions are indices of the history, so they order events. */
export type Call = {
  readonly invoke: Op;
  /** The `ok` or `info` record, when there is one. */
  readonly completion: Op | undefined;
  readonly start: number;
  /** Position of the `ok`: the latest moment at which it took effect. `never` when the outcome is unknown. */
  readonly end: number;
  /** It may never have taken effect. */
  readonly optional: boolean;
};

/** The calls of one independent part, ordered by start. */
export type Part = { readonly key: string | number | undefined; readonly calls: readonly Call[] };

/** The operation as a model sees it. */
export const opOf = ({ invoke, completion }: Call): ModelOp => {
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
    if (!known.has(invoke.f)) {
      const names = fs.join(', ');
      throw usageError(`operation ${invoke.index} is a "${invoke.f}": the model knows ${names}`);
    }
    const at = pairs[start] as number;
    const completion = at < 0 ? undefined : history[at];
    if (completion?.type === 'fail') continue;
    const optional = completion?.type !== 'ok';
    calls.push({ invoke, completion, start, end: optional ? never : at, optional });
  }
  return calls;
};

/** What had happened before a moment: what returns then or later may as well never have taken effect. */
export const callsBefore = (calls: readonly Call[], moment: number): Call[] =>
  calls
    .filter((call) => call.start < moment)
    .map((call) => (call.end >= moment ? { ...call, end: never, optional: true } : call));

/** Splits calls into the parts that the model says are independent; parts in order of first appearance. */
export const partsOf = <S>(calls: readonly Call[], model: Model<S>): Part[] => {
  const parts = new Map<string | number | undefined, Call[]>();
  const { partition } = model;
  if (partition === undefined && calls.every((call) => call.invoke.key === calls[0]?.invoke.key))
    return calls.length === 0 ? [] : [{ key: calls[0]?.invoke.key, calls }];
  for (const call of calls) {
    const key = partition === undefined ? call.invoke.key : partition(opOf(call));
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [call]);
    else part.push(call);
  }
  return [...parts].map(([key, part]) => ({ key, calls: part }));
};
