// The long runs of the weak levels and of registers without hints: many histories beside judges that try everything.
import { expect, test } from 'vitest';
import { checkWeak } from '../../src/elle-js-bridge/weak/check.ts';
import { checkSerial, serialLevels } from '../../src/elle-js-bridge/weak/serial.ts';
import { simulate } from '../elle-weak/database.ts';
import { randomHistory } from '../elle-weak/histories.ts';
import { judgeSerial, judgeWeak, serialOptions } from '../elle-weak/judge.ts';

const weakLevels = ['read-committed', 'read-atomic', 'causal'] as const;

test('50,000 histories of registers and of lists beside every order of commits', () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < 50_000; seed++) {
    const lists = seed % 2 === 0;
    const ops = randomHistory(seed, {
      lists,
      txns: lists ? 4 : 5,
      processes: 3,
      keys: 2 + (seed % 3),
    });
    for (const level of weakLevels)
      if (checkWeak(ops, { level }).valid !== judgeWeak(ops, level)) wrong.push(`${level} ${seed}`);
  }
  expect(wrong).toEqual([]);
});

test('50,000 histories of registers beside every interleaving', () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < 50_000; seed++) {
    const ops = randomHistory(seed, { lists: false, txns: 5, processes: 4, keys: 1 + (seed % 3) });
    for (const level of serialLevels)
      if (checkSerial(ops, { level }).valid !== judgeSerial(ops, serialOptions(level)))
        wrong.push(`${level} ${seed}`);
  }
  expect(wrong).toEqual([]);
});

test('right databases are not accused in 2,000 runs each', () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < 2000; seed++)
    for (const behaviour of ['serializable', 'snapshot', 'lagging-snapshot'] as const) {
      const ops = simulate({ seed, txns: 200, threads: 6, keys: 12, steps: 4, behaviour });
      if (checkSerial(ops, { level: 'snapshot-isolation' }).valid !== true)
        wrong.push(`${behaviour} ${seed}`);
      if (checkWeak(ops, { level: 'read-atomic', sessions: false }).valid !== true)
        wrong.push(`${behaviour} ${seed} read atomic`);
    }
  expect(wrong).toEqual([]);
});
