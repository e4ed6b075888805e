// Tells a failure in words: a title for the verdict line and a sentence for each operation.
import type { Op } from '../../history/op.ts';
import { sayWeaker, type Weaker } from '../weaker/weaker.ts';
import type { Witness, WitnessOp } from '../witness.ts';
import { type Call, opOf } from './calls.ts';
import { canonical, describeOp, type Model, show } from './model.ts';
import { statesMax } from './wgl.ts';

export type StoryOptions<S> = {
  readonly model: Model<S>;
  readonly key: string | number | undefined;
  readonly culprit: Call;
  /** The minimal failing history, culprit included, ordered by start. */
  readonly minimal: readonly Call[];
  /** Every call of the part. */
  readonly calls: readonly Call[];
  /** In words: the states possible when the culprit returned. */
  readonly states: readonly string[];
  /** What held all the same, where that is known. */
  readonly weaker?: Weaker | undefined;
};

/** More would not be read at night. */
const opsMax = 12;
const sentenceMax = 200;

const ms = (nanoseconds: number): string => `${(nanoseconds / 1e6).toFixed(1)} ms`;
const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

/** The witness of a failure. */
export const tell = <S>(options: StoryOptions<S>): Witness => {
  const { key, culprit, minimal, model, states, weaker } = options;
  const others = minimal.filter((call) => call !== culprit).slice(1 - opsMax);
  const ops = minimal.filter((call) => call === culprit || others.includes(call));
  return {
    title: titleOf(options),
    ...(key === undefined ? {} : { key }),
    words: [
      ...ops.map((call) => sentenceOf(model, call, call === culprit)),
      ...possible(states),
      ...(weaker === undefined ? [] : sayWeaker(weaker)),
    ],
    ops: ops.map((call) => witnessOpOf(call, call === culprit)),
  };
};

/** Said only when it is the whole truth, and short. */
const possible = (states: readonly string[]): string[] => {
  const sentence = `At that moment it could only be ${states.join(' or ')}.`;
  const isAll = states.length > 0 && states.length < statesMax;
  return isAll && sentence.length <= sentenceMax ? [sentence] : [];
};

const witnessOpOf = (call: Call, isCulprit: boolean): WitnessOp => {
  const { invoke, completion } = call;
  const op = opOf(call);
  return {
    index: invoke.index,
    process: invoke.process,
    f: invoke.f,
    value: invoke.value,
    // A question that was answered with nothing has nothing as its answer, not no answer.
    ...(op.type === 'ok' && (op.value === null || !isSame(op.value, op.input))
      ? { result: op.value }
      : {}),
    type: completion?.type ?? 'invoke',
    start: invoke.time,
    ...(completion?.type === 'ok' ? { end: completion.time } : {}),
    ...(isCulprit ? { culprit: true } : {}),
  };
};

const sentenceOf = <S>(model: Model<S>, call: Call, isCulprit: boolean): string => {
  const { invoke, completion } = call;
  const asked = describeOp(model, { ...opOf(call), type: 'info', value: call.invoke.value });
  const begin = `${ms(invoke.time)}: process ${invoke.process} begins: ${asked}`;
  if (completion?.type !== 'ok') return `${begin}; its outcome never became known.`;
  const answered = describeOp(model, opOf(call));
  const end = answered === asked ? 'it is acknowledged' : `the answer is: ${answered}`;
  return `${begin}; at ${ms(completion.time)} ${end}${isCulprit ? ', which nothing explains' : ''}.`;
};

const titleOf = <S>(options: StoryOptions<S>): string => {
  const { key, culprit, minimal, model } = options;
  const place = key === undefined ? '' : ` of key ${key}`;
  const who = `process ${culprit.invoke.process}`;
  const fallback = `not linearizable${key === undefined ? '' : `: key ${key}`}: ${who} finished "${describeOp(model, opOf(culprit))}"; no order of these ${minimal.length} operations explains it`;
  return registerTitle(options, { place, who }) ?? fallback;
};

type Names = { readonly place: string; readonly who: string };

/** The calls that leave this value in a register. */
export const writersOf = <S>(options: {
  readonly model: Model<S>;
  readonly calls: readonly Call[];
  readonly value: unknown;
}): Call[] => {
  const { model, calls, value } = options;
  return calls.filter((call) => {
    const writes = model.register?.(opOf(call)).writes;
    return writes !== undefined && isSame(writes, value);
  });
};

const registerTitle = <S>(options: StoryOptions<S>, { place, who }: Names): string | undefined => {
  const { model, culprit, minimal, calls } = options;
  const access = model.register?.(opOf(culprit));
  if (access?.reads === undefined) return undefined;
  const value = access.reads;
  const did = `${who} ${pastOf(model, culprit)}`;
  const kind = access.writes === undefined ? 'read' : 'compare-and-set';
  const writers = writersOf({ model, calls, value }).filter((call) => call !== culprit);
  const isInitial = isSame(value, model.init);
  if (!isInitial && !writers.some((call) => call.start < culprit.end))
    return writers.length > 0
      ? `${kind} from the future${place}: ${did} before anybody had begun to write ${show(value)}`
      : `impossible ${kind}${place}: ${did}, but nobody had written ${show(value)}`;
  const others = minimal.filter((call) => call !== culprit && !call.optional);
  const rival = others.find((call) => {
    const other = model.register?.(opOf(call));
    return other?.writes !== undefined && other.reads !== undefined && isSame(other.reads, value);
  });
  if (kind !== 'read' && rival !== undefined && writers.length + Number(isInitial) === 1)
    return `lost update${place}: ${did} although process ${rival.invoke.process} ${pastOf(model, rival)}`;
  const newer = newest(others, (call) => {
    const other = model.register?.(opOf(call));
    const left = other?.writes ?? other?.reads;
    return call.end < culprit.start && left !== undefined && !isSame(left, value);
  });
  if (newer === undefined) return undefined;
  const stale = kind === 'read' ? 'stale read' : 'compare-and-set on a stale value';
  return `${stale}${place}: ${did} although process ${newer.invoke.process} ${hadOf(model, newer)} before it began`;
};

const newest = (calls: readonly Call[], pass: (call: Call) => boolean): Call | undefined =>
  calls
    .filter(pass)
    .reduce<Call | undefined>(
      (best, call) => (best === undefined || call.end > best.end ? call : best),
      undefined,
    );

/** What happened to a register, e.g. `read 3`, `wrote 5`, `changed 3 to 5`. */
const pastOf = <S>(model: Model<S>, call: Call): string => {
  const { reads, writes } = model.register?.(opOf(call)) ?? { reads: undefined, writes: undefined };
  if (writes === undefined) return `read ${show(reads)}`;
  return reads === undefined
    ? `wrote ${show(writes)}`
    : `changed ${show(reads)} to ${show(writes)} (compare-and-set)`;
};

const hadOf = <S>(model: Model<S>, call: Call): string =>
  `had ${pastOf(model, call).replace(/^wrote/, 'written')}`;

/** The records of calls, in order of the history. */
export const recordsOf = (calls: readonly Call[]): Op[] =>
  calls
    .flatMap((call) =>
      call.completion === undefined ? [call.invoke] : [call.invoke, call.completion],
    )
    .sort((a, b) => a.index - b.index);
