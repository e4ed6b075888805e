// Benchmarks of the weak isolation levels on a million micro-operations, beside AWDIT's figures on this kind of machine.
import { checkWeakHistory } from '../../src/elle-js-bridge/weak/check.ts';
import { readHistory } from '../../src/elle-js-bridge/weak/history.ts';
import { serialHistory, withStaleRead } from '../elle-weak/simulated.ts';
import type { Figure } from './main.ts';

const timed = <T>(action: () => T): { seconds: number; result: T } => {
  const start = performance.now();
  const result = action();
  return { seconds: (performance.now() - start) / 1000, result };
};

const levels = [
  ['read-committed', 0.5],
  ['read-atomic', 0.84],
  ['causal', 3],
] as const;

/** Figures in seconds; the goals are twice AWDIT's own times, reading apart as there. */
export const figures = async (): Promise<readonly Figure[]> => {
  const ops = serialHistory({ seed: 1, txns: 125_000, sessions: 50, keys: 1000, steps: 8 });
  const stale = readHistory(withStaleRead(ops));
  const reading = timed(() => readHistory(ops));
  const all: Figure[] = [
    { name: '1M events, 50 sessions: operations to columns', value: reading.seconds, unit: 's' },
  ];
  for (const [level, goal] of levels)
    for (const [kind, history] of [
      ['valid', reading.result],
      ['one stale read', stale],
    ] as const) {
      const runs = [1, 2, 3].map(() => timed(() => checkWeakHistory(history, { level })));
      if (kind === 'valid' && runs[0]?.result.valid !== true)
        throw new Error(`${level}: a serial history was accused`);
      const value = Math.min(...runs.map((run) => run.seconds));
      all.push({
        name: `1M events, 50 sessions, ${kind}: ${level}`,
        value,
        unit: 's',
        goal: `< ${goal}`,
      });
    }
  return all;
};
