// The evidence of one failed part: where it fails, why in a few operations, and in words.
import { assert } from '../../base/assert.ts';
import { type Call, opOf, type Part } from './calls.ts';
import { type Judgement, judgeBySearch } from './judge.ts';
import type { Failure } from './linear-verdict.ts';
import type { Model } from './model.ts';
import { reduce } from './reduce.ts';
import { recordsOf, tell, writersOf } from './story.ts';

export type ExplainOptions<S> = {
  readonly model: Model<S>;
  readonly part: Part;
  readonly judgement: Judgement;
  /** Work for making the failing history small. */
  readonly budget: number;
};

/** Longer parts are not searched for the states, nor with more work. */
const searchedMax = 5_000;
const searchBudget = 20_000;

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
  const reduced = reduce({ model, calls: judgement.core ?? calls, culprit, budget });
  const minimal = withOrigins({ model, calls, culprit, minimal: reduced.calls });
  const states = judgement.states ?? statesBySearch(model, calls);
  const before = calls.filter((call) => !call.optional && call.end < culprit.end);
  const previousOk = lastOf(before)?.completion;
  return {
    operation,
    ...(previousOk === undefined ? {} : { previousOk }),
    ...(judgement.maybeLate === true ? { maybeLate: true } : {}),
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

/** With what explains the values, a story should not be longer than this. */
const toldMax = 6;

/**
 * Adds for each value that is read the write that it may come from, the culprit's first: the history fails without
 * them too, but who reads it would ask where the values came from.
 */
const withOrigins = <S>({ model, calls, culprit, minimal }: OriginOptions<S>): readonly Call[] => {
  const told = new Set(minimal);
  for (const reader of [culprit, ...minimal]) {
    const seen = model.register?.(opOf(reader)).reads;
    if (seen === undefined || told.size >= toldMax) continue;
    const writers = writersOf({ model, calls, value: seen }).filter(
      (call) => call !== reader && call.start < reader.end,
    );
    const origin = writers.at(-1);
    if (origin !== undefined && !writers.some((call) => told.has(call))) told.add(origin);
  }
  return [...told].sort((a, b) => a.start - b.start);
};

/** What the object may have been, when the engine did not say and a short search can. */
const statesBySearch = <S>(model: Model<S>, calls: readonly Call[]): readonly string[] => {
  if (calls.length > searchedMax) return [];
  const { valid, states } = judgeBySearch({ model, calls, budget: searchBudget });
  return valid === false ? (states ?? []) : [];
};

const lastOf = (calls: readonly Call[]): Call | undefined =>
  calls.reduce<Call | undefined>(
    (last, call) => (last === undefined || call.end > last.end ? call : last),
    undefined,
  );
