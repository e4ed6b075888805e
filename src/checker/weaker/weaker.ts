// How wrong a register was that is not linearizable: which weaker conditions it kept, and how stale its reads were.
import type { Model } from '../linear/model.ts';
import type { Part } from '../linear/strand.ts';
import { observe } from './observed.ts';
import { isSequential } from './sequential.ts';
import { sessionsOf } from './sessions.ts';
import { freshnessOf } from './staleness.ts';

/** `not applicable` when written values are not unique, or the model is no register. */
export type Holds = boolean | 'not applicable';

/** Weaker conditions, of each key on its own. */
export type Weaker = {
  readonly sequential: Holds;
  readonly readYourWrites: Holds;
  readonly monotonicReads: Holds;
  readonly monotonicWrites: Holds;
  readonly writesFollowReads: Holds;
  readonly regular: Holds;
  readonly safe: Holds;
  /** Reads were never staler than this; absent when that cannot be said. */
  readonly staleness?: { readonly versions: number; readonly milliseconds: number };
};

const conditions = [
  'sequential',
  'readYourWrites',
  'monotonicReads',
  'monotonicWrites',
  'writesFollowReads',
  'regular',
  'safe',
] as const;

const allOf = (holds: Holds): Omit<Weaker, 'staleness'> =>
  Object.fromEntries(conditions.map((name) => [name, holds])) as Omit<Weaker, 'staleness'>;

/** Which weaker conditions one key kept. */
export const weakerOf = <S>(model: Model<S>, part: Part): Weaker => {
  const observed = observe(model, part);
  if (observed === undefined) return allOf('not applicable');
  const { staleness, regular, safe } = freshnessOf(observed);
  return {
    sequential: isSequential(observed),
    ...sessionsOf(observed),
    regular,
    safe,
    ...(staleness === undefined
      ? {}
      : {
          staleness: {
            versions: staleness.versions,
            milliseconds: Math.round(staleness.nanoseconds / 1e3) / 1e3,
          },
        }),
  };
};

const both = (a: Holds, b: Holds): Holds =>
  a === false || b === false ? false : a === 'not applicable' ? a : b;

/** What holds of all keys together; undefined of none. */
export const together = (all: readonly Weaker[]): Weaker | undefined => {
  const [first, ...others] = all;
  return first && others.reduce(join, first);
};

const join = (a: Weaker, b: Weaker): Weaker => {
  const joined = conditions.map((name) => [name, both(a[name], b[name])]);
  const stalest = [a.staleness, b.staleness].filter((it) => it !== undefined);
  const staleness = {
    versions: Math.max(...stalest.map((it) => it.versions)),
    milliseconds: Math.max(...stalest.map((it) => it.milliseconds)),
  };
  return {
    ...(Object.fromEntries(joined) as Omit<Weaker, 'staleness'>),
    ...(stalest.length === 2 ? { staleness } : {}),
  };
};

const said: Readonly<Record<(typeof conditions)[number], readonly [kept: string, broken: string]>> =
  {
    sequential: ['it was sequentially consistent', ''],
    readYourWrites: ['each client still read its own writes', 'a client missed a write of its own'],
    monotonicReads: ['no client read backwards in time', 'a client read backwards in time'],
    monotonicWrites: ['', "a client saw another one's writes in the wrong order"],
    writesFollowReads: ['', 'a client saw a write, and then what its writer had read before it'],
    regular: ['it was still a regular register', ''],
    safe: ['', 'not even reads without a write beside them were right'],
  };

/** One sentence, e.g. "Stale by at most 3 versions and 812 ms; each client still read its own writes."; or none. */
export const sayWeaker = (weaker: Weaker): string[] => {
  const { staleness } = weaker;
  const clauses: string[] = [];
  if (staleness !== undefined && staleness.versions > 0) {
    const { versions, milliseconds } = staleness;
    const count = `${versions} version${versions === 1 ? '' : 's'}`;
    clauses.push(`stale by at most ${count} and ${sayMs(milliseconds)}`);
  }
  for (const name of conditions) {
    const holds = weaker[name];
    if (holds === 'not applicable') continue;
    const clause = said[name][holds ? 0 : 1];
    if (clause !== '') clauses.push(clause);
  }
  const text = clauses.join('; ');
  return text === '' ? [] : [`${text.charAt(0).toUpperCase()}${text.slice(1)}.`];
};

const sayMs = (milliseconds: number): string =>
  milliseconds >= 10 ? `${Math.round(milliseconds)} ms` : `${milliseconds} ms`;
