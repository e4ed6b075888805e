// Tells a failure in words: a title for the verdict line and a sentence for each operation.
import type { Op } from '../../history/op.ts';
import type { Witness, WitnessOp } from '../witness.ts';
import type { Call } from './calls.ts';
import { canonical, describeOp, type Model, show } from './model.ts';

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
};

/** More would not be read at night. */
const opsMax = 12;

const ms = (nanoseconds: number): string => `${(nanoseconds / 1e6).toFixed(1)} ms`;
const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

/** The witness of a failure. */
export const tell = <S>(options: StoryOptions<S>): Witness => {
  const { key, culprit, minimal, model, states } = options;
  const ops = minimal.slice(-opsMax);
  const end =
    states.length === 0 ? [] : [`At that moment it could only be ${states.join(' or ')}.`];
  return {
    title: titleOf(options),
    ...(key === undefined ? {} : { key }),
    words: [...ops.map((call) => sentenceOf(model, call, call === culprit)), ...end],
    ops: ops.map((call) => witnessOpOf(call, call === culprit)),
  };
};

const witnessOpOf = (call: Call, isCulprit: boolean): WitnessOp => {
  const { invoke, completion, op } = call;
  return {
    index: invoke.index,
    process: invoke.process,
    f: invoke.f,
    value: invoke.value,
    ...(op.type === 'ok' && !isSame(op.value, op.input) ? { result: op.value } : {}),
    type: completion?.type ?? 'invoke',
    start: invoke.time,
    ...(completion?.type === 'ok' ? { end: completion.time } : {}),
    ...(isCulprit ? { culprit: true } : {}),
  };
};

const sentenceOf = <S>(model: Model<S>, call: Call, isCulprit: boolean): string => {
  const { invoke, completion } = call;
  const asked = describeOp(model, { ...call.op, type: 'info', value: call.op.input });
  const begin = `${ms(invoke.time)}: process ${invoke.process} begins: ${asked}`;
  if (completion?.type !== 'ok') return `${begin}; its outcome never became known.`;
  const answered = describeOp(model, call.op);
  const end = answered === asked ? 'it is acknowledged' : `the answer is: ${answered}`;
  return `${begin}; at ${ms(completion.time)} ${end}${isCulprit ? ', which nothing explains' : ''}.`;
};

const titleOf = <S>(options: StoryOptions<S>): string => {
  const { key, culprit, minimal, model } = options;
  const place = key === undefined ? '' : ` of key ${key}`;
  const who = `process ${culprit.invoke.process}`;
  const fallback = `not linearizable${key === undefined ? '' : `: key ${key}`}: ${who} finished "${describeOp(model, culprit.op)}"; no order of these ${minimal.length} operations explains it`;
  return registerTitle(options, { place, who }) ?? fallback;
};

type Names = { readonly place: string; readonly who: string };

const registerTitle = <S>(options: StoryOptions<S>, { place, who }: Names): string | undefined => {
  const { model, culprit, minimal, calls } = options;
  const reads = model.register?.(culprit.op).reads;
  if (reads === undefined) return undefined;
  const did = `${who} ${pastOf(model, culprit)}`;
  const kind = model.register?.(culprit.op).writes === undefined ? 'read' : 'compare-and-set';
  const writers = calls.filter((call) => {
    const writes = model.register?.(call.op).writes;
    return call !== culprit && writes !== undefined && isSame(writes.value, reads.value);
  });
  if (!isSame(reads.value, model.init) && !writers.some((call) => call.start < culprit.end))
    return writers.length > 0
      ? `${kind} from the future${place}: ${did} before anybody had begun to write ${show(reads.value)}`
      : `impossible ${kind}${place}: ${did}, but nobody had written ${show(reads.value)}`;
  const newer = newest(minimal, (call) => {
    const access = model.register?.(call.op);
    const left = access?.writes ?? access?.reads;
    return call.end < culprit.start && left !== undefined && !isSame(left.value, reads.value);
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
  const { reads, writes } = model.register?.(call.op) ?? {};
  if (writes === undefined) return `read ${show(reads?.value)}`;
  return reads === undefined
    ? `wrote ${show(writes.value)}`
    : `changed ${show(reads.value)} to ${show(writes.value)} (compare-and-set)`;
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
