// The two doors to the linearizability checkers: a `Checker` for runs, and a function for any history.
import { messageOf, OrdealError } from '../../base/errors.ts';
import { History } from '../../history/history.ts';
import type { Op } from '../../history/op.ts';
import type { Checker } from '../checker.ts';
import { verdictOf } from './conclude.ts';
import type { LinearVerdict } from './linear-verdict.ts';
import { type LinearOptions, planOf, searchPart } from './plan.ts';

export type { LinearOptions } from './plan.ts';

/** A checker for runs: judges each `key` on its own. Out of budget is `unknown`. */
export const linearizable = <S>(options: LinearOptions<S>): Checker =>
  Object.assign((history: readonly Op[]) => checkLinearizable(history, options), {
    needs: Object.fromEntries(options.model.fs.map((f) => [f, {}])),
  });

/** Judges a history. Malformed ones, and operations that the model does not know, are `unknown` with an `error`. */
export const checkLinearizable = <S>(
  history: History | readonly Op[],
  options: LinearOptions<S>,
): LinearVerdict => {
  try {
    const plan = planOf(history instanceof History ? history : History.from(history), options);
    return verdictOf(
      plan,
      plan.hard.map((part) => searchPart(options, part)),
    );
  } catch (cause) {
    if (!(cause instanceof OrdealError)) throw cause;
    return {
      valid: 'unknown',
      engine: 'none',
      model: options.model.name,
      configurations: 0,
      keys: { checked: 0, valid: 0, invalid: 0, unknown: 0 },
      reason: messageOf(cause),
      error: messageOf(cause),
    };
  }
};
