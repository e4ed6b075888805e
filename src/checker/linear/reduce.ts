// A minimal failing history: leaves operations out as long as what remains cannot be explained.
import { type Call, callsBefore } from './calls.ts';
import { judge } from './judge.ts';
import type { Model } from './model.ts';

export type ReduceOptions<S> = {
  readonly model: Model<S>;
  readonly calls: readonly Call[];
  /** The call whose return cannot be reached. */
  readonly culprit: Call;
  /** Work, in configurations, for all attempts together. */
  readonly budget: number;
};

export type Reduced = {
  /** Ordered by start; the culprit is among them. */
  readonly calls: readonly Call[];
  /** False when the budget ended first: then more could perhaps be left out. */
  readonly isMinimal: boolean;
};

/**
 * Work for one attempt: what takes longer to refute stays in. A smaller history should take about as long to refute as
 * the last one did.
 */
const attemptMax = 5_000;
const attemptMin = 200;

/**
 * A call that is left out is not forgotten: it may still have taken effect, once, at any time before it returned.
 * So a read is never called impossible only because the write that explains it was left out.
 */
const atLarge = (call: Call): Call => ({ ...call, start: -1, optional: true });

/** Leaves out ever smaller stretches of calls (after Zeller's delta debugging) until no single one can go. */
export const reduce = <S>({ model, calls, culprit, budget }: ReduceOptions<S>): Reduced => {
  // Only what began before the culprit's return matters, and what returned later may as well never have.
  const prefix = callsBefore(calls, culprit.end + 1);
  let kept = prefix;
  let left = budget;
  let allowed = attemptMax;
  const fails = (candidate: readonly Call[]): boolean => {
    const keeps = new Set(candidate);
    const free = prefix.filter((call) => !keeps.has(call)).map(atLarge);
    const { valid, work } = judge({
      model,
      calls: [...free, ...candidate],
      budget: Math.min(left, allowed),
      brief: true,
    });
    left -= work + (prefix.length >> 3) + 1;
    if (valid === false) allowed = Math.min(attemptMax, attemptMin + 4 * work);
    return valid === false;
  };
  for (let size = Math.ceil(kept.length / 2); left > 0; size = Math.ceil(size / 2)) {
    const before = kept.length;
    kept = sweep({ kept, size, culprit, fails: (candidate) => left > 0 && fails(candidate) });
    if (size === 1 && kept.length === before) break;
  }
  const ids = new Set(kept.map((call) => call.start));
  return { calls: calls.filter((call) => ids.has(call.start)), isMinimal: left > 0 };
};

type Sweep = {
  readonly kept: Call[];
  readonly size: number;
  readonly culprit: Call;
  readonly fails: (candidate: readonly Call[]) => boolean;
};

/** Tries once to leave out each stretch of `size` calls. */
const sweep = ({ kept, size, culprit, fails }: Sweep): Call[] => {
  let result = kept;
  for (let from = 0; from < result.length; ) {
    const candidate = result.filter(
      (call, at) => at < from || at >= from + size || call.start === culprit.start,
    );
    if (candidate.length < result.length && fails(candidate)) result = candidate;
    else from += size;
  }
  return result;
};
