// Rates that change with time: ramp and burst.
import { expect, test } from 'vitest';
import type { GenLike } from '../../src/generator/generator.ts';
import { burst, clients, limit, ramp, repeat, timeLimit } from '../../src/generator/index.ts';
import { quick, runVirtually } from '../../src/sim/virtual-time.ts';
import { Bench } from './pool.ts';

const rs = repeat({ f: 'r' });

/** Operations in each of the seconds of a run. */
const perSecond = (generator: GenLike, seconds: number): readonly number[] => {
  const history = runVirtually({
    generator: clients(timeLimit(seconds, generator)),
    concurrency: 50,
    seed: 3,
    model: quick,
  });
  const counts = new Array<number>(seconds).fill(0);
  for (const { type, time } of history)
    if (type === 'invoke')
      counts[Math.floor(time / 1e9)] = (counts[Math.floor(time / 1e9)] ?? 0) + 1;
  return counts;
};
const near = (actual: number | undefined, expected: number): void =>
  expect(Math.abs((actual ?? 0) - expected)).toBeLessThan(expected * 0.12 + 15);

test('ramp: the rate goes evenly from one to the other, and stays', () => {
  const up = perSecond(ramp({ from: 0, to: 1000, seconds: 10 }, rs), 15);
  for (const [second, count] of up.entries()) near(count, second < 10 ? 100 * second + 50 : 1000);
  const down = perSecond(ramp({ from: 1000, to: 100, seconds: 3 }, rs), 6);
  for (const [second, count] of [850, 550, 250, 100, 100, 100].entries()) near(down[second], count);
  near(perSecond(ramp({ from: 200, to: 200, seconds: 1 }, rs), 3)[2], 200);
});

test('burst: peaks at even distances', () => {
  const counts = perSecond(burst({ rate: 50, peak: 1000, seconds: 2, every: 5 }, rs), 20);
  for (const [second, count] of counts.entries()) near(count, second % 5 < 2 ? 1000 : 50);
  const pauses = perSecond(burst({ rate: 0, peak: 300, seconds: 1, every: 4 }, rs), 12);
  for (const [second, count] of pauses.entries())
    if (second % 4 === 0) near(count, 300);
    else expect(count).toBeLessThanOrEqual(1);
});

test('the first operation comes at once, and a long stall ends in no burst', () => {
  const gen = new Bench(ramp({ from: 1, to: 10, seconds: 100 }, rs));
  expect(gen.play(9)).toEqual(['r']);
  gen.now = 60;
  expect(gen.play(50).length).toBeLessThan(3);
  expect(new Bench(burst({ rate: 1, peak: 2, seconds: 1, every: 2 }, limit(1, rs))).play()).toEqual(
    ['r'],
  );
});

test('shapes that make no sense are refused', () => {
  expect(() => ramp({ from: -1, to: 1, seconds: 1 }, rs)).toThrow('ramp: from -1');
  expect(() => ramp({ from: 1, to: 0, seconds: 1 }, rs)).toThrow('ramp: to 0');
  expect(() => ramp({ from: 1, to: 1, seconds: 0 }, rs)).toThrow('ramp: over 0 seconds');
  expect(() => burst({ rate: 1, peak: 0, seconds: 1, every: 2 }, rs)).toThrow('peaks of 0');
  expect(() => burst({ rate: 1, peak: 2, seconds: 3, every: 2 }, rs)).toThrow('every 2 seconds');
});
