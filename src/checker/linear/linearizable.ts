// The two doors to the linearizability checkers: a `Checker` for runs, and a function for any history.
import { messageOf, OrdealError } from '../../base/errors.ts';
import { History } from '../../history/history.ts';
import type { Op } from '../../history/op.ts';
import type { Checker } from '../checker.ts';
import { type Valid, worst } from '../verdict.ts';
import { together, weakerOf } from '../weaker/weaker.ts';
import { explain } from './explain.ts';
import { type Judgement, judgePart } from './judge.ts';
import type { Failure, LinearVerdict } from './linear-verdict.ts';
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

const budgetBase = 5_000_000;
const budgetPerOperation = 10;
/** First every key gets this much; only when none fails are the hard ones pursued. */
const firstTry = 50_000;
const toldMax = 16;
/** Work for making a failing history small: the failure that happened first is worth more than the others. */
const reduceFirst = 100_000;
const reduceOther = 10_000;

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
    return check(history instanceof History ? history : History.from(history), options);
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

type Judged = { readonly part: Part; readonly judgement: Judgement };

const check = <S>(history: History, options: LinearOptions<S>): LinearVerdict => {
  const { model } = options;
  const parts = partsOf(history, model);
  const judged = judgeAll(parts, options);
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
    ...(options.certificate ? { certificates: certificatesOf(judged) } : {}),
  };
};

/** Each part once with little work; then, unless one failed, those that need more share the budget. */
const judgeAll = <S>(parts: readonly Part[], options: LinearOptions<S>): Judged[] => {
  const { model, certificate = false } = options;
  const operations = parts.reduce((sum, part) => sum + part.count, 0);
  let left = options.budget ?? budgetBase + budgetPerOperation * operations;
  const run = (part: Part, budget: number): Judged => {
    const judgement = judgePart({
      model,
      part,
      budget: Math.min(left, budget),
      certificate,
    });
    left = Math.max(0, left - judgement.work);
    return { part, judgement };
  };
  const first = parts.map((part) => run(part, firstTry + budgetPerOperation * part.count));
  if (first.some(({ judgement }) => judgement.valid === false)) return first;
  return first.map((judged) =>
    judged.judgement.valid === 'unknown' && left > 0 ? run(judged.part, left) : judged,
  );
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
