// The evidence of one failed part: where it fails, why in a few operations, and in words.
import { assert } from '../../base/assert.ts';
import type { Call, Part } from './calls.ts';
import type { Judgement } from './judge.ts';
import type { Failure } from './linear-verdict.ts';
import { canonical, type Model } from './model.ts';
import { reduce } from './reduce.ts';
import { recordsOf, tell } from './story.ts';

export type ExplainOptions<S> = {
  readonly model: Model<S>;
  readonly part: Part;
  readonly judgement: Judgement;
  /** Work for making the failing history small. */
  readonly budget: number;
};

/** Everything that a failure carries but the key. */
export const explain = <S>(options: ExplainOptions<S>): Omit<Failure, 'key'> => {
  const { model, part, judgement, budget } = options;
  const { calls, key } = part;
  const culprit = judgement.stuck;
  const operation = culprit?.completion;
  assert(
    culprit !== undefined && operation !== undefined,
    'a failure without the operation that fails',
  );
  const reduced = reduce({ model, calls, culprit, budget });
  const minimal = withOrigin({ model, calls, culprit, minimal: reduced.calls });
  const states = judgement.states ?? [];
  const before = calls.filter((call) => !call.optional && call.end < culprit.end);
  const previousOk = lastOf(before)?.completion;
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

type OriginOptions<S> = {
  readonly model: Model<S>;
  readonly calls: readonly Call[];
  readonly culprit: Call;
  readonly minimal: readonly Call[];
};

/**
 * Adds the write that a register's culprit saw, the last one that it can have seen: the history fails without it,
 * but who reads it would ask where the value came from.
 */
const withOrigin = <S>({ model, calls, culprit, minimal }: OriginOptions<S>): readonly Call[] => {
  const seen = model.register?.(culprit.op).reads;
  if (seen === undefined) return minimal;
  const value = canonical(seen.value);
  const writers = calls.filter((call) => {
    const writes = model.register?.(call.op).writes;
    return (
      call !== culprit &&
      call.start < culprit.end &&
      writes !== undefined &&
      canonical(writes.value) === value
    );
  });
  const origin = writers.at(-1);
  if (origin === undefined || writers.some((call) => minimal.includes(call))) return minimal;
  return [...minimal, origin].sort((a, b) => a.start - b.start);
};

const lastOf = (calls: readonly Call[]): Call | undefined =>
  calls.reduce<Call | undefined>(
    (last, call) => (last === undefined || call.end > last.end ? call : last),
    undefined,
  );
