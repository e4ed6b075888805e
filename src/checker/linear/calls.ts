// Operations as the search sees them: invocation and completion in one.
import type { Op } from '../../history/op.ts';
import type { ModelOp } from './model.ts';

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

/** What had happened before a moment: what returns then or later may as well never have taken effect. */
export const callsBefore = (calls: readonly Call[], moment: number): Call[] =>
  calls
    .filter((call) => call.start < moment)
    .map((call) => (call.end >= moment ? { ...call, end: never, optional: true } : call));
