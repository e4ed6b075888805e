// Judges one independent part with the engine that fits it.
import type { Call } from './calls.ts';
import type { Model } from './model.ts';
import { judgeUnique } from './unique.ts';
import { dropUnnoticed } from './unnoticed.ts';
import { searchWgl } from './wgl.ts';

export type Judgement = {
  readonly valid: boolean | 'unknown';
  readonly engine: string;
  readonly configurations: number;
  /** What is counted against the budget. */
  readonly work: number;
  /** When not valid: the call whose return was reached and never passed. */
  readonly stuck?: Call;
  /** When not valid: in words, states the object may have been in at that moment, where the engine knows them. */
  readonly states?: readonly string[];
  /** When not valid: calls that no order explains, whatever the others did, where the engine knows them. */
  readonly core?: readonly Call[];
};

export type JudgeOptions<S> = {
  readonly model: Model<S>;
  readonly calls: readonly Call[];
  readonly budget: number;
};

/** Zones decide a call in much less time than a configuration of a search takes. */
const callsPerConfiguration = 8;

/** Is there an order of the calls that the model allows? Calls are ordered by start. */
export const judge = <S>({ model, calls, budget }: JudgeOptions<S>): Judgement => {
  const relevant = dropUnnoticed(calls, model);
  const unique = judgeUnique(model, relevant);
  if (unique === undefined) return judgeBySearch({ model, calls: relevant, budget });
  const work = Math.ceil(relevant.length / callsPerConfiguration);
  return { engine: 'zones', configurations: 0, work, ...unique };
};

/** The same by search, whatever the history's shape. */
export const judgeBySearch = <S>({ model, calls, budget }: JudgeOptions<S>): Judgement => {
  const { stuckAt, ...result } = searchWgl({ model, calls, budget });
  const stuck = stuckAt === undefined ? undefined : calls[stuckAt];
  return { engine: 'wgl', ...result, ...(stuck === undefined ? {} : { stuck }) };
};
