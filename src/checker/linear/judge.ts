// Judges one independent part with the engine that fits it.
import type { Call } from './calls.ts';
import type { Model } from './model.ts';
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
  /** When not valid: in words, states the object may have been in at that moment. */
  readonly states?: readonly string[];
};

export type JudgeOptions<S> = {
  readonly model: Model<S>;
  readonly calls: readonly Call[];
  readonly budget: number;
};

/** Is there an order of the calls that the model allows? Calls are ordered by start. */
export const judge = <S>({ model, calls, budget }: JudgeOptions<S>): Judgement => {
  const relevant = dropUnnoticed(calls, model);
  const { stuckAt, ...result } = searchWgl({ model, calls: relevant, budget });
  const stuck = stuckAt === undefined ? undefined : relevant[stuckAt];
  return { engine: 'wgl', ...result, ...(stuck === undefined ? {} : { stuck }) };
};
