// Runs simulated databases and judges them: right ones must not be accused, wrong ones be named.
import { check } from 'elle-js-bridge';
import { type Bug, type Level, runDatabase } from './database.ts';

/** The model each right database keeps. */
const kept: Readonly<Record<Level, string>> = {
  'strict-serializable': 'strict-serializable',
  serializable: 'serializable',
  snapshot: 'strong-snapshot-isolation',
};
export const levels = Object.keys(kept) as Level[];

/** Runs of right databases that are accused all the same; lists and registers in turn. */
export const accusations = (level: Level, seeds: number): string[] =>
  Array.from({ length: seeds }, (_, seed) => {
    const lists = seed % 2 === 0;
    const result = check(runDatabase({ seed, level, lists }), {
      workload: lists ? 'list-append' : 'rw-register',
      consistencyModels: [kept[level]],
      ...(lists ? {} : { wfrKeys: true, beyondElle: true }),
      ...(!lists && level === 'strict-serializable'
        ? { linearizableKeys: true, sequentialKeys: true }
        : {}),
    });
    return result.valid === true ? [] : [`seed ${seed}: ${result.anomalyTypes.join()}`];
  }).flat();

/** Names under which each planted bug is found, and in how many runs of a hundred at least. */
export const bugNames: Readonly<Record<Bug, readonly [names: readonly string[], atLeast: number]>> =
  {
    'stale-read': [['G-single-item-realtime'], 90],
    'lost-update': [['lost-update'], 15],
    'write-skew': [['G2-item'], 40],
    'read-skew': [['G-single-item'], 80],
    'dirty-read': [['G1b', 'G1c'], 90],
    'long-fork': [['G-nonadjacent-item'], 50],
    'aborted-read': [['G1a'], 80],
    'fractured-read': [['G-single-item'], 50],
    'reordered-commits': [['G0'], 30],
  };

/** In how many of a hundred runs a planted bug is found under one of its names. */
export const foundInHundred = (bug: Bug): number => {
  const names = bugNames[bug][0];
  const level = bug === 'write-skew' ? 'snapshot' : 'strict-serializable';
  return Array.from({ length: 100 }, (_, seed) => {
    const history = runDatabase({ seed, level, bug, lists: true });
    const { anomalyTypes } = check(history, { workload: 'list-append' });
    return names.some((name) => anomalyTypes.includes(name)) ? 1 : 0;
  }).reduce<number>((sum, one) => sum + one, 0);
};
