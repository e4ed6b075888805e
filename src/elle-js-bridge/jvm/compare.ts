// Puts two answers to the same history side by side: ours and the JVM's.
import { modelsRuledOutBy } from '../models/lattice.ts';
import type { CheckOptions } from '../options.ts';
import type { CheckResult } from '../result.ts';

/** One difference, and why it may be there. */
export type Difference = {
  readonly field: 'valid' | 'not' | 'alsoNot' | 'anomalyTypes';
  readonly ours: unknown;
  readonly theirs: unknown;
  /** What is known of such differences; absent: none is known, one of the two is wrong. */
  readonly explanation?: string;
};

const exists = '-cycle-exists';
const byHash =
  'with linearizable keys the JVM reports cyclic versions on valid histories from about a thousand transactions on: ' +
  'a persistent map of its library changes nodes it shares with others when maps merge';
const precise =
  'we name the kind of cycle where Elle only says that one exists, or a stronger kind than the one it met first';
const gaveUp = 'Elle stopped searching after a second';
const threw = 'Elle stops with an exception at such histories';
const tie =
  'two reads of a key are longest and contradict each other: which one Elle believes depends on hash order';

type Answers = { readonly ours: CheckResult; readonly theirs: CheckResult };

const covers = (ours: readonly string[], type: string): boolean =>
  ours.includes(type) ||
  (type.endsWith(exists) &&
    ours.some((other) => modelsRuledOutBy([other]).has(type.slice(0, -exists.length))));

const generalReason = ({ ours, theirs }: Answers, options: CheckOptions): string | undefined => {
  if (theirs.anomalyTypes.includes('cycle-search-timeout')) return gaveUp;
  const has = (result: CheckResult): boolean => result.anomalyTypes.includes('cyclic-versions');
  if (options.linearizableKeys && has(theirs) && !has(ours)) return byHash;
  if (theirs.error?.code === 'jvm-failed') return threw;
  if (ours.anomalyTypes.includes('incompatible-order')) return tie;
  if (options.beyondElle) return 'beyondElle counts what Elle does not look at';
  return undefined;
};

const typesReason = (answers: Answers, options: CheckOptions): string | undefined => {
  const { ours, theirs } = answers;
  return theirs.anomalyTypes.every((type) => covers(ours.anomalyTypes, type))
    ? precise
    : generalReason(answers, options);
};

/** Every difference between two answers. */
export const differencesBetween = (answers: Answers, options: CheckOptions): Difference[] =>
  (['valid', 'not', 'alsoNot', 'anomalyTypes'] as const).flatMap((field) => {
    const [ours, theirs] = [answers.ours[field], answers.theirs[field]].map((value) =>
      Array.isArray(value) ? value.toSorted() : value,
    );
    if (JSON.stringify(ours) === JSON.stringify(theirs)) return [];
    const reason = field === 'anomalyTypes' ? typesReason : generalReason;
    const explanation = reason(answers, options);
    return [{ field, ours, theirs, ...(explanation === undefined ? {} : { explanation }) }];
  });
