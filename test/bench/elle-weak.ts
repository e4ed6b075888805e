// Benchmarks of the weak isolation levels on a million micro-operations, beside AWDIT's figures on this kind of machine.
import { checkWeakHistory } from '../../src/elle-js-bridge/weak/check.ts';
import { readHistory } from '../../src/elle-js-bridge/weak/history.ts';
import { checkSerial, type SerialLevel } from '../../src/elle-js-bridge/weak/serial.ts';
import { type Behaviour, simulate } from '../elle-weak/database.ts';
import { serialHistory, withStaleRead } from '../elle-weak/simulated.ts';
import type { Figure } from './main.ts';

/** CPU seconds of all threads, as AWDIT's figures are: others' load does not count. */
const timed = <T>(action: () => T): { seconds: number; result: T } => {
  const start = process.cpuUsage();
  const result = action();
  const { user, system } = process.cpuUsage(start);
  return { seconds: (user + system) / 1e6, result };
};

const levels = [
  ['read-committed', 0.5],
  ['read-atomic', 0.84],
  ['causal', 3],
] as const;

const searches: readonly (readonly [Behaviour, SerialLevel, true | false])[] = [
  ['serializable', 'serializable', true],
  ['serializable', 'strict-serializable', true],
  ['snapshot', 'serializable', false],
  ['snapshot', 'snapshot-isolation', true],
  ['lagging-snapshot', 'snapshot-isolation', true],
  ['lost-update', 'strong-snapshot-isolation', false],
];

/** Registers without hints, 20 threads, 10 thousand transactions of 4 steps over 100 keys: the verdict must be the known one. */
const searchFigures = (): Figure[] =>
  searches.map(([behaviour, level, expected]) => {
    const ops = simulate({ seed: 1, txns: 10_000, threads: 20, keys: 100, steps: 4, behaviour });
    const runs = [1, 2, 3].map(() => timed(() => checkSerial(ops, { level })));
    if (runs[0]?.result.valid !== expected)
      throw new Error(`${behaviour} at ${level}: not ${expected}`);
    const name = `10k register txns, ${behaviour} store: ${level} ${expected}`;
    return { name, value: Math.min(...runs.map((run) => run.seconds)), unit: 's', goal: '< 0.2' };
  });

/** Figures in CPU seconds, the best of three; the goals are twice AWDIT's own times, reading apart as there. */
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
  return [...all, ...searchFigures()];
};
