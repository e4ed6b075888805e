// Judges one independent part with the engine that fits it.
import { type Call, callsBefore } from './calls.ts';
import { containerEngines } from './container-engines.ts';
import type { Model } from './model.ts';
import { findMisplaced } from './precedence.ts';
import { zonesEngine } from './register-engine.ts';
import { type Segment, segmentsOf } from './segments.ts';
import { setEngine } from './set-engine.ts';
import { type Part, type Strand, strandOf } from './strand.ts';
import { type Engine, judgeWith, type UniqueResult } from './unique.ts';
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
  /** When not valid: the core, and what happened later to the values in it, where the engine knows. */
  readonly related?: readonly Call[];
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

/** In this order: the first that applies decides. */
const engines: readonly Engine[] = [zonesEngine, ...containerEngines, setEngine];

type PartOptions<S> = Omit<JudgeOptions<S>, 'calls'> & { readonly part: Part };

/** Judges a part by an engine without search; undefined when none applies. */
export const judgeQuickly = <S>(options: Omit<PartOptions<S>, 'budget'>): Judgement | undefined => {
  const { model, part } = options;
  const whole = judgeWith(engines, model, part);
  return whole && judgementOf(whole, part, options);
};

/** Judges a part to which no engine applies as it is. */
export const judgeSlowly = <S>({ part, ...options }: PartOptions<S>): Judgement =>
  judgeCalls({ ...options, calls: part.calls });

/** Is there an order of the calls, which are ordered by start, that the model allows? */
export const judge = <S>(options: JudgeOptions<S>): Judgement => {
  const strand = strandOf(options.calls);
  const whole = judgeWith(engines, options.model, strand);
  return whole === undefined ? judgeCalls(options) : judgementOf(whole, strand, options);
};

/** Once it is clear that no engine applies to all calls. */
const judgeCalls = <S>(options: JudgeOptions<S>): Judgement => {
  const { model, brief } = options;
  const calls = dropUnnoticed(options.calls, model);
  const segments = brief === true ? [] : segmentsOf(model, calls);
  if (segments.length > 1) return judgeSegments(options, segments);
  return calls === options.calls ? judgeRepeated(options) : judgeAnyhow({ ...options, calls });
};

const judgeAnyhow = <S>(options: JudgeOptions<S>): Judgement => {
  const strand = strandOf(options.calls);
  const unique = judgeWith(engines, options.model, strand);
  return unique === undefined ? judgeRepeated(options) : judgementOf(unique, strand, options);
};

/** One segment after the other, so that only one needs memory, up to the first that fails. */
const judgeSegments = <S>(options: JudgeOptions<S>, segments: readonly Segment<S>[]): Judgement => {
  const order: Call[] = [];
  const names = new Set<string>();
  let [work, configurations] = [0, 0];
  let undecided: Judgement | undefined;
  for (const { model, calls } of segments) {
    const budget = Math.max(0, options.budget - work);
    const judgement = judgeAnyhow({ ...options, model, calls, budget });
    names.add(judgement.engine);
    work += judgement.work;
    configurations += judgement.configurations;
    const cost = { engine: [...names].sort().join('+'), work, configurations };
    if (judgement.valid === false) {
      // What no order explains after this cut may be explicable after another beginning: nothing is a core of its own.
      const { core: _core, related: _related, ...failure } = judgement;
      return { ...failure, ...cost, ...(undecided === undefined ? {} : { maybeLate: true }) };
    }
    if (judgement.valid === 'unknown') undecided ??= judgement;
    for (const call of judgement.order ?? []) order.push(call);
  }
  const cost = { engine: [...names].sort().join('+'), work, configurations };
  if (undecided !== undefined) return { ...undecided, ...cost };
  return { ...cost, valid: true, ...(options.certificate === true ? { order } : {}) };
};

const judgementOf = <S>(
  result: UniqueResult,
  strand: Strand,
  { certificate }: Pick<JudgeOptions<S>, 'certificate'>,
): Judgement => {
  const work = Math.ceil(strand.count / callsPerConfiguration);
  const cost = { configurations: 0, work };
  if (!result.valid) return { ...cost, ...result };
  const { engine, order } = result;
  const shown = certificate === true ? order?.().map(strand.callAt) : undefined;
  return { ...cost, engine, valid: true, ...(shown === undefined ? {} : { order: shown }) };
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
