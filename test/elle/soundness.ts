// Compares our verdicts with the judge's on random histories: for the fast suite and, with more runs, the long one.
import { check } from 'elle-js-bridge';
import { type Model, satisfies } from './judge.ts';
import { smallHistory } from './small-histories.ts';

const models: readonly Model[] = [
  'serializable',
  'strong-session-serializable',
  'strict-serializable',
  'snapshot-isolation',
  'strong-session-snapshot-isolation',
  'strong-snapshot-isolation',
];

export type Tally = {
  /** Seeds and models of histories we condemn although some order explains them. */
  readonly wrong: string[];
  /** Verdicts asked for, violations we and the judge agree on, and violations only the judge sees. */
  asked: number;
  found: number;
  missed: number;
};

/** Histories from one seed up to another, lists and registers in turn, one model each. */
export const compareWithJudge = (from: number, to: number): Record<string, Tally> => {
  const tallies: Record<string, Tally> = {};
  for (let seed = from; seed < to; seed++) {
    const isList = seed % 2 === 0;
    const workload = isList ? 'list-append' : 'rw-register';
    const model = models[(seed >> 1) % models.length]!;
    const history = smallHistory(seed, isList);
    const beyondElle = !isList && seed % 4 === 1;
    const { valid } = check(history, { workload, consistencyModels: [model], beyondElle });
    const holds = satisfies(history, model, isList);
    const name = beyondElle ? `${workload} beyond Elle` : workload;
    tallies[name] ??= { wrong: [], asked: 0, found: 0, missed: 0 };
    const tally = tallies[name];
    tally.asked++;
    if (valid === false && holds) tally.wrong.push(`seed ${seed}, ${model}`);
    if (!holds && valid === false) tally.found++;
    if (!holds && valid !== false) tally.missed++;
  }
  return tallies;
};
