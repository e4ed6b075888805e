// From what was found about each part to the verdict with its evidence.
import { type Valid, worst } from '../verdict.ts';
import { together, weakerOf } from '../weaker/weaker.ts';
import { explain } from './explain.ts';
import type { Judgement } from './judge.ts';
import type { Failure, LinearVerdict } from './linear-verdict.ts';
import type { Model } from './model.ts';
import { finish, type Judged, type Plan } from './plan.ts';
import type { Part } from './strand.ts';

const toldMax = 16;
/** Work for making a failing history small: the failure that happened first is worth more than the others. */
const reduceFirst = 100_000;
const reduceOther = 10_000;

/** The verdict on a plan, given what the search for each hard part found, in their order. */
export const verdictOf = <S>(plan: Plan<S>, searched: readonly Judgement[]): LinearVerdict => {
  const { model, certificate } = plan.options;
  const judged = finish(plan, searched);
  const count = (valid: Valid): number =>
    judged.filter(({ judgement }) => judgement.valid === valid).length;
  const engines = new Set(judged.map(({ judgement }) => judgement.engine));
  return {
    valid: judged.length === 0 ? true : worst(judged.map(({ judgement }) => judgement.valid)),
    engine: engines.size === 0 ? 'wgl' : [...engines].sort().join('+'),
    model: model.name,
    configurations: judged.reduce((sum, { judgement }) => sum + judgement.configurations, 0),
    keys: {
      checked: judged.length,
      valid: count(true),
      invalid: count(false),
      unknown: count('unknown'),
    },
    ...failuresOf(judged, model),
    ...undecidedOf(judged),
    ...(certificate ? { certificates: certificatesOf(judged) } : {}),
  };
};

const keyOf = (part: Part): { key?: string | number } =>
  part.key === undefined ? {} : { key: part.key };

const failuresOf = <S>(judged: readonly Judged[], model: Model<S>) => {
  const failed = judged
    .filter(({ judgement }) => judgement.valid === false)
    .sort((a, b) => (a.judgement.stuck?.end ?? 0) - (b.judgement.stuck?.end ?? 0));
  const isRegister = model.register !== undefined;
  const kept = isRegister ? failed.map(({ part }) => weakerOf(model, part)) : [];
  const failures: Failure[] = failed.slice(0, toldMax).map(({ part, judgement }, at) => ({
    ...keyOf(part),
    ...explain({
      model,
      part,
      judgement,
      weaker: kept[at],
      budget: at === 0 ? reduceFirst : reduceOther,
    }),
  }));
  const weaker = together(kept);
  const first = failures[0];
  if (first === undefined) return {};
  const { operation, previousOk, minimal, witness } = first;
  return {
    operation,
    ...(previousOk === undefined ? {} : { previousOk }),
    minimal,
    witness,
    ...(weaker === undefined ? {} : { weaker }),
    failures,
  };
};

const certificatesOf = (judged: readonly Judged[]) =>
  judged.flatMap(({ part, judgement: { order } }) =>
    order === undefined ? [] : [{ ...keyOf(part), order: order.map(({ invoke }) => invoke.index) }],
  );

const undecidedOf = (judged: readonly Judged[]) => {
  const open = judged.filter(({ judgement }) => judgement.valid === 'unknown').slice(0, toldMax);
  if (open.length === 0) return {};
  return {
    reason: `the budget ended before ${open.length === 1 ? 'a key was' : 'some keys were'} decided`,
    undecided: open.map(({ part, judgement }) => {
      const reached = judgement.stuck?.completion;
      return { ...keyOf(part), ...(reached === undefined ? {} : { reached }) };
    }),
  };
};
