// Tells an anomaly between transactions in words and as a witness: which transactions, what ties each to the next.
import type { Anomaly, Cycle, Scalar, Step, TxnOp } from 'elle-js-bridge';
import { showJson } from '../history/json.ts';
import type { Op } from '../history/op.ts';
import type { Witness, WitnessOp } from './witness.ts';

/** What each anomaly is, as the rest of a sentence; gravest first, which is also the order of telling. */
const meanings: readonly (readonly [type: string, meaning: string])[] = [
  ['garbage-read', 'a value was read that nobody wrote'],
  ['duplicate-elements', 'a list holds a value twice that was appended once'],
  ['incompatible-order', 'two reads of one list disagree about its order'],
  ['cyclic-versions', 'the versions of a key come before themselves'],
  ['G1a', 'a value was read that was rolled back'],
  ['dirty-update', 'a write was built on one that was rolled back'],
  ['G1b', 'a state was read from the middle of a transaction'],
  ['G0', 'transactions overwrote each other in opposite orders'],
  ['internal', 'a transaction contradicts its own reads and writes'],
  ['future-read', 'a transaction read what it wrote only later'],
  ['G1c', 'transactions saw each other in a circle'],
  ['lost-update', 'several transactions changed what they all had read in the same state'],
  ['G-single', 'a transaction saw part of another one and missed the rest (read skew)'],
  ['G-nonadjacent', 'transactions missed each other in a way that no snapshot allows'],
  ['G2-item', 'transactions missed each other (write skew): no order explains them'],
  ['G2', 'transactions missed each other: no order explains them'],
];

/** `G-single-item-realtime` is a `G-single` of items that needs real time to show. */
const meaningOf = (type: string): string => {
  if (/^G-single.*-realtime$/.test(type))
    return 'a transaction missed what was over before it began (stale read)';
  const known = meanings.find(([name]) => type === name || type.startsWith(`${name}-`));
  const meaning = known?.[1] ?? 'transactions depend on each other in a circle';
  if (type.endsWith('-realtime')) return `${meaning}, if real time counts`;
  return type.endsWith('-process') ? `${meaning}, if each process' own order counts` : meaning;
};

const rankOf = (type: string): number => {
  const rank = meanings.findIndex(([name]) => type === name || type.startsWith(`${name}-`));
  const needsOrder = type.endsWith('-realtime') || type.endsWith('-process');
  return (rank < 0 ? meanings.length : rank) + (needsOrder ? meanings.length : 0);
};

export type Told = { readonly type: string; readonly anomaly: Anomaly };

const isCycle = (anomaly: Anomaly): anomaly is Cycle => 'cycle' in anomaly && 'steps' in anomaly;
const sizeOf = (anomaly: Anomaly): number => (isCycle(anomaly) ? anomaly.steps.length : 1);

/** The gravest kind of anomaly, and of it the smallest. */
export const gravest = (
  anomalies: Readonly<Record<string, readonly Anomaly[]>>,
): Told | undefined => {
  const types = Object.keys(anomalies).toSorted((a, b) => rankOf(a) - rankOf(b));
  const type = types.find((name) => (anomalies[name]?.length ?? 0) > 0);
  if (type === undefined) return undefined;
  const [anomaly] = (anomalies[type] ?? []).toSorted((a, b) => sizeOf(a) - sizeOf(b));
  return anomaly === undefined ? undefined : { type, anomaly };
};

const show = (value: unknown): string =>
  value === null || value === undefined ? 'the initial state' : showJson(value);
const keyName = (key: Scalar | undefined): string => `key ${showJson(key)}`;

/** Why the first comes before the second, as a sentence. */
const sentenceOf = (step: Step, first: string, second: string): string => {
  const key = keyName(step.key);
  switch (step.type) {
    case 'ww':
    case 'wwp':
      return `${second} wrote ${show(step.nextValue)} to ${key} after ${show(step.value)}, which ${first} wrote.`;
    case 'wr':
    case 'wrp':
      return `${second} read ${show(step.value)} of ${key}, which ${first} wrote.`;
    case 'rw':
    case 'rwp':
      return `${first} read ${key} at ${show(step.value)}, and did not see ${show(step.nextValue)}, which ${second} wrote.`;
    case 'process':
      return `Process ${step.process} finished ${first} before it began ${second}.`;
    case 'realtime':
      return `${first} was over before ${second} began.`;
  }
};

const cycleWords = ({ steps }: Cycle): readonly string[] => {
  const name = (i: number): string => `T${(i % steps.length) + 1}`;
  return [
    ...steps.map((step, i) => sentenceOf(step, name(i), name(i + 1))),
    'So each of them would have to come before itself.',
  ];
};

const mopWords = (anomaly: Anomaly): readonly string[] =>
  Object.entries(anomaly)
    .filter(([name]) => !['op', 'writer', 'type'].includes(name))
    .map(([name, value]) => `${name}: ${showJson(value)}`);

const isTxnOp = (value: unknown): value is TxnOp =>
  typeof value === 'object' &&
  value !== null &&
  'index' in value &&
  typeof value.index === 'number' &&
  'process' in value;

/** The transactions that an anomaly is about, those of a cycle in its order. */
const transactionsIn = (anomaly: Anomaly): readonly TxnOp[] => {
  if (isCycle(anomaly)) return anomaly.cycle.slice(0, anomaly.steps.length);
  const ops = Object.values(anomaly).flatMap((value) =>
    isTxnOp(value) ? [value] : Array.isArray(value) ? value.filter(isTxnOp) : [],
  );
  return [...new Map(ops.map((op) => [op.index, op])).values()];
};

/** The operation whose line of the history this is, invocation and completion in one. */
const witnessOp = (history: readonly Op[], { index = 0 }: TxnOp): WitnessOp | undefined => {
  const line = history[index];
  if (line === undefined) return undefined;
  let at = index;
  while (at > 0 && !(history[at]?.type === 'invoke' && history[at]?.process === line.process)) at--;
  const invoke = history[at] ?? line;
  const { process, f, value } = invoke;
  return {
    index: at,
    process,
    f,
    value,
    ...(line.type === 'ok' ? { result: line.value, end: line.time } : {}),
    type: line.type,
    start: invoke.time,
  };
};

const shownMax = 6;

/** Lists grow long; their ends tell the most. */
const brief = (value: unknown): string => {
  const text = JSON.stringify(value);
  if (text.length <= briefMax) return text;
  return `${text.slice(0, briefMax / 2)} … ${text.slice(-briefMax / 2)}`;
};
const briefMax = 200;

/** The story of one anomaly. `broken` names the models that fall with it. */
export const witnessOfAnomaly = (
  { type, anomaly }: Told,
  { history, broken }: { readonly history: readonly Op[]; readonly broken: readonly string[] },
): Witness => {
  const ops = transactionsIn(anomaly).flatMap((op) => witnessOp(history, op) ?? []);
  const names = ops.map(
    ({ index, process, value, result = value }, i) =>
      `T${i + 1} is operation ${index} of process ${process}: ${brief(result)}.`,
  );
  const told = isCycle(anomaly) ? cycleWords(anomaly) : mopWords(anomaly);
  const not = broken.length === 0 ? '' : `not ${broken.join(', not ')}: `;
  return {
    title: `${not}${meaningOf(type)} (${type})`,
    words: [...names, ...told],
    ops: ops.slice(0, shownMax).toSorted((a, b) => a.start - b.start),
  };
};
