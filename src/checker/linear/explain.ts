// The evidence of one failed part: where it fails, why in a few operations, and in words.
import { assert } from '../../base/assert.ts';
import type { Op } from '../../history/op.ts';
import type { Call, Part } from './calls.ts';
import type { Judgement } from './judge.ts';
import type { Failure } from './linear-verdict.ts';
import type { Model } from './model.ts';
import { reduce } from './reduce.ts';
import { recordsOf, tell } from './story.ts';

export type ExplainOptions<S> = {
  readonly model: Model<S>;
  readonly part: Part;
  readonly judgement: Judgement;
};

/** Work for making one failing history small, in configurations. */
const reduceBudget = 300_000;

/** Everything that a failure carries but the key. */
export const explain = <S>({ model, part, judgement }: ExplainOptions<S>): Omit<Failure, 'key'> => {
  const { calls, key } = part;
  const culprit = judgement.stuck;
  const operation = culprit?.completion;
  assert(
    culprit !== undefined && operation !== undefined,
    'a failure without the operation that fails',
  );
  const reduced = reduce({ model, calls, culprit, budget: reduceBudget });
  const minimal = reduced.calls;
  const states = judgement.states ?? [];
  const before = calls.filter((call) => call.end < culprit.end);
  const previousOk = lastOk(before);
  return {
    operation,
    ...(previousOk === undefined ? {} : { previousOk }),
    prefix: { operations: before.length, index: operation.index },
    states,
    minimal: recordsOf(minimal),
    isMinimal: reduced.isMinimal,
    witness: tell({ model, key, culprit, minimal, calls, states }),
  };
};

const lastOk = (calls: readonly Call[]): Op | undefined =>
  calls.reduce<Call | undefined>(
    (last, call) => (last === undefined || call.end > last.end ? call : last),
    undefined,
  )?.completion;
