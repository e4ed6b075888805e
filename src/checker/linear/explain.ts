// The evidence of one failed part: where it fails, why in a few operations, and in words.
import { assert } from '../../base/assert.ts';
import type { Weaker } from '../weaker/weaker.ts';
import { type Call, never, opOf } from './calls.ts';
import { type Judgement, judgeBySearch } from './judge.ts';
import type { Failure } from './linear-verdict.ts';
import type { Model } from './model.ts';
import { reduce } from './reduce.ts';
import { recordsOf, tell, writersOf } from './story.ts';
import type { Part, Strand } from './strand.ts';

export type ExplainOptions<S> = {
  readonly model: Model<S>;
  readonly part: Part;
  readonly judgement: Judgement;
  /** What the part kept all the same. */
  readonly weaker: Weaker | undefined;
  /** Work for making the failing history small. */
  readonly budget: number;
};

/** Longer parts are not searched for the states, nor with more work. */
const searchedMax = 5_000;
const searchBudget = 20_000;

/** Everything that a failure carries but the key. */
export const explain = <S>(options: ExplainOptions<S>): Omit<Failure, 'key'> => {
  const { model, part, judgement, budget, weaker } = options;
  const { key } = part;
  const culprit = judgement.stuck;
  const operation = culprit?.completion;
  assert(
    culprit !== undefined && operation !== undefined,
    'a failure without the operation that fails',
  );
  const calls = judgement.related ?? part.calls;
  const reduced = reduce({ model, calls: judgement.core ?? calls, culprit, budget });
  const minimal = withOrigins({ model, calls, culprit, minimal: reduced.calls });
  const states = judgement.states ?? statesBySearch(model, part);
  const before = returnedBefore(part, culprit.end);
  const previousOk = before.last < 0 ? undefined : part.callAt(before.last).completion;
  return {
    operation,
    ...(previousOk === undefined ? {} : { previousOk }),
    ...(judgement.maybeLate === true ? { maybeLate: true } : {}),
    prefix: { operations: before.count, index: operation.index },
    states,
    minimal: recordsOf(minimal),
    isMinimal: reduced.isMinimal,
    ...(weaker === undefined ? {} : { weaker }),
    witness: tell({ model, key, culprit, minimal, calls, states, weaker }),
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
const statesBySearch = <S>(model: Model<S>, part: Part): readonly string[] => {
  if (part.count > searchedMax) return [];
  const { valid, states } = judgeBySearch({ model, calls: part.calls, budget: searchBudget });
  return valid === false ? (states ?? []) : [];
};

/** How many calls had returned before a moment, and the place of the last one, -1 without. */
const returnedBefore = (
  { count, end }: Strand,
  moment: number,
): { count: number; last: number } => {
  const before = { count: 0, last: -1 };
  for (let place = 0; place < count; place++) {
    const at = end[place] as number;
    if (at === never || at >= moment) continue;
    before.count++;
    if (before.last < 0 || at > (end[before.last] as number)) before.last = place;
  }
  return before;
};
