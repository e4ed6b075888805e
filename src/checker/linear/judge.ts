// Judges one independent part with the engine that fits it.
import { type Call, callsBefore } from './calls.ts';
import type { Model } from './model.ts';
import { findMisplaced } from './precedence.ts';
import { judgeUnique } from './unique.ts';
import { dropUnnoticed } from './unnoticed.ts';
import { searchWgl } from './wgl.ts';

export type Judgement = {
  readonly valid: boolean | 'unknown';
  readonly engine: string;
  readonly configurations: number;
  /** What is counted against the budget. */
  readonly work: number;
  /** When valid and asked for: the calls that took effect, in an order that the model allows. */
  readonly order?: readonly Call[];
  /** When not valid: the call whose return was reached and never passed. */
  readonly stuck?: Call;
  /** When not valid: in words, states the object may have been in at that moment, where the engine knows them. */
  readonly states?: readonly string[];
  /** When not valid: calls that no order explains, whatever the others did, where the engine knows them. */
  readonly core?: readonly Call[];
  /** When not valid: true when the budget ended before it was clear that nothing fails before `stuck`. */
  readonly maybeLate?: boolean;
};

export type JudgeOptions<S> = {
  readonly model: Model<S>;
  readonly calls: readonly Call[];
  readonly budget: number;
  /** Whether a valid judgement carries an order. */
  readonly certificate?: boolean;
  /** Only `valid` matters: the first proof will do. */
  readonly brief?: boolean;
};

/** Zones decide a call in much less time than a configuration of a search takes. */
const callsPerConfiguration = 8;

/** Is there an order of the calls that the model allows? Calls are ordered by start. */
export const judge = <S>(options: JudgeOptions<S>): Judgement => {
  const { model, certificate } = options;
  const whole = judgeUnique(model, options.calls);
  const calls = whole === undefined ? dropUnnoticed(options.calls, model) : options.calls;
  const unique = whole ?? (calls === options.calls ? undefined : judgeUnique(model, calls));
  if (unique === undefined) return judgeRepeated({ ...options, calls });
  const work = Math.ceil(calls.length / callsPerConfiguration);
  const cost = { engine: 'zones', configurations: 0, work };
  if (!unique.valid) return { ...cost, ...unique };
  return { ...cost, valid: true, ...(certificate ? { order: pick(calls, unique.order()) } : {}) };
};

/** Repeated values, or no register: what one pass can prove, then search. */
const judgeRepeated = <S>(options: JudgeOptions<S>): Judgement => {
  const { model, calls, brief } = options;
  const misplaced = findMisplaced(model, calls);
  if (misplaced === undefined) return judgeBySearch(options);
  const { culprit: stuck, core } = misplaced;
  const proof = { engine: 'precedence', valid: false, stuck, core } as const;
  if (brief)
    return { ...proof, configurations: 0, work: Math.ceil(calls.length / callsPerConfiguration) };
  // It fails at the latest there; whether it fails before, only a search can tell.
  const before = judgeBySearch({ ...options, calls: callsBefore(calls, stuck.end) });
  if (before.valid === false) return before;
  const { configurations, work, valid } = before;
  return { ...proof, configurations, work, ...(valid === 'unknown' ? { maybeLate: true } : {}) };
};

/** The same by search, whatever the history's shape. */
export const judgeBySearch = <S>(options: JudgeOptions<S>): Judgement => {
  const { calls } = options;
  const { stuckAt, order, ...result } = searchWgl(options);
  const stuck = stuckAt === undefined ? undefined : calls[stuckAt];
  return {
    engine: 'wgl',
    ...result,
    ...(order === undefined ? {} : { order: pick(calls, order) }),
    ...(stuck === undefined ? {} : { stuck }),
  };
};

const pick = (calls: readonly Call[], places: readonly number[]): Call[] =>
  places.map((at) => calls[at] as Call);
