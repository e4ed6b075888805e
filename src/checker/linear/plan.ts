// What there is to judge in a history, part by part, so that the parts can be judged wherever there is room.
import type { History } from '../../history/history.ts';
import { type Judgement, judgeQuickly, judgeSlowly } from './judge.ts';
import type { Model } from './model.ts';
import { partsOf } from './parts.ts';
import type { Part } from './strand.ts';

export type LinearOptions<S> = {
  readonly model: Model<S>;
  /** Work for the whole history, in configurations. Default: five million, and ten for each operation. */
  readonly budget?: number;
  /** Whether a valid verdict shows an order of the operations that explains it. */
  readonly certificate?: boolean;
};

/** A part that needs search, with the work that it may take at first. */
export type HardPart = { readonly part: Part; readonly budget: number };

/** The parts of a history; those that need no search are judged. */
export type Plan<S> = {
  readonly options: LinearOptions<S>;
  readonly parts: readonly Part[];
  readonly quick: ReadonlyMap<Part, Judgement>;
  /** Independent of each other. */
  readonly hard: readonly HardPart[];
  readonly budget: number;
};

export type Judged = { readonly part: Part; readonly judgement: Judgement };

const budgetBase = 5_000_000;
const budgetPerOperation = 10;
/** First every key gets this much; only when none fails are the hard ones pursued. */
const firstTry = 50_000;

/** Throws an `OrdealError` (usage) for operations that the model does not know. */
export const planOf = <S>(history: History, options: LinearOptions<S>): Plan<S> => {
  const { model, certificate = false } = options;
  const parts = partsOf(history, model);
  const operations = parts.reduce((sum, part) => sum + part.count, 0);
  const budget = options.budget ?? budgetBase + budgetPerOperation * operations;
  const quick = new Map<Part, Judgement>();
  const hard: HardPart[] = [];
  const share = Math.min(firstTry, Math.ceil(budget / Math.max(1, parts.length)));
  for (const part of parts) {
    const judgement = judgeQuickly({ model, part, certificate });
    if (judgement !== undefined) quick.set(part, judgement);
    else hard.push({ part, budget: Math.min(budget, share + budgetPerOperation * part.count) });
  }
  return { options, parts, quick, hard, budget };
};

/** Searches a hard part; the result depends on nothing but the part and its budget. */
export const searchPart = <S>(options: LinearOptions<S>, { part, budget }: HardPart): Judgement => {
  const { model, certificate = false } = options;
  return judgeSlowly({ model, part, budget, certificate });
};

/**
 * All parts, given what the search for each hard one found, in their order. Unless one failed, those that need more share
 * what is left of the budget.
 */
export const finish = <S>(plan: Plan<S>, searched: readonly Judgement[]): Judged[] => {
  const found = new Map(plan.quick);
  for (const [at, { part }] of plan.hard.entries()) found.set(part, searched[at] as Judgement);
  const first = plan.parts.map((part) => ({ part, judgement: found.get(part) as Judgement }));
  if (first.some(({ judgement }) => judgement.valid === false)) return first;
  let left = plan.budget - first.reduce((sum, { judgement }) => sum + judgement.work, 0);
  return first.map((judged) => {
    if (judged.judgement.valid !== 'unknown' || left <= 0) return judged;
    const judgement = searchPart(plan.options, { part: judged.part, budget: left });
    left -= judgement.work;
    return { part: judged.part, judgement };
  });
};
