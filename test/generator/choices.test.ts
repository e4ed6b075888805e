// Choosing and taking turns: weighted, key pools, shortestAny, cycleTimes.
import { describe, expect, test } from 'vitest';
import {
  any,
  clients,
  concat,
  cycleTimes,
  delay,
  exponentialKeys,
  limit,
  onThreads,
  repeat,
  shortestAny,
  timeLimit,
  weighted,
  zipfKeys,
} from '../../src/generator/index.ts';
import { quick, runVirtually } from '../../src/testing.ts';
import { Bench } from './pool.ts';

const as = repeat({ f: 'a' });
const bs = repeat({ f: 'b' });
const c = { f: 'c' };

/** How often each operation (or key) was seen. */
const tally = (seen: readonly unknown[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const each of seen) counts[String(each)] = (counts[String(each)] ?? 0) + 1;
  return counts;
};

describe('weighted', () => {
  test('chooses in proportion, drops what is exhausted, and ends when all are', () => {
    const { a = 0, b = 0 } = tally(
      new Bench(
        weighted([
          [3, as],
          [1, bs],
        ]),
      ).play(4000),
    );
    expect(a / b).toBeGreaterThan(2.7);
    expect(a / b).toBeLessThan(3.3);
    const rest = tally(
      new Bench(
        weighted([
          [1, as],
          [5, limit(3, repeat(c))],
        ]),
      ).play(200),
    );
    expect(rest).toEqual({ a: 197, c: 3 });
    expect(
      new Bench(
        weighted([
          [1, c],
          [9, null],
        ]),
      ).play(),
    ).toEqual(['c']);
    expect(new Bench(weighted([])).play()).toEqual([]);
  });

  test('a pending branch gives its turn away, and no weight is below or at 0', () => {
    const gen = new Bench(
      weighted([
        [99, onThreads([0], as)],
        [1, onThreads([1], bs)],
      ]),
      2,
    );
    expect(
      gen
        .fill(2)
        .map((op) => op.f)
        .sort(),
    ).toEqual(['a', 'b']);
    expect(() => weighted([[0, as]])).toThrow('a weight of 0');
  });
});

describe('key pools', () => {
  const keysOf = (gen: Bench, count: number): unknown[] => {
    const keys: unknown[] = [];
    for (let i = 0; i < count; i++) {
      const op = gen.begin();
      if (op === undefined) break;
      keys.push(op.key);
      gen.complete(op.process);
    }
    return keys;
  };
  const endless = function* (): Generator<number> {
    for (let key = 0; ; key++) yield key;
  };

  test('exponential: each place twice as often as the one before', () => {
    const gen = new Bench(clients(exponentialKeys({ count: 4 }, endless(), () => as)));
    const counts = tally(keysOf(gen, 15_000));
    for (const [key, share] of [1, 2, 4, 8].entries())
      expect(Math.abs((counts[key] ?? 0) - share * 1000)).toBeLessThan(share * 60 + 60);
  });

  test('zipf: by rank', () => {
    const gen = new Bench(clients(zipfKeys({ count: 3, skew: 1 }, endless(), () => as)));
    const counts = tally(keysOf(gen, 11_000));
    for (const [key, share] of [6000, 3000, 2000].entries())
      expect(Math.abs((counts[key] ?? 0) - share)).toBeLessThan(250);
  });

  test('an exhausted key makes room for the next; it ends when there is none left', () => {
    const pulled: number[] = [];
    const keys = function* (): Generator<number> {
      for (let key = 0; key < 5; key++) {
        pulled.push(key);
        yield key;
      }
    };
    const gen = new Bench(clients(zipfKeys({ count: 2 }, keys(), () => limit(3, as))));
    expect(pulled).toEqual([0, 1]);
    expect(tally(keysOf(gen, 100))).toEqual({ 0: 3, 1: 3, 2: 3, 3: 3, 4: 3 });
    expect(gen.ask().kind).toBe('done');
    expect(new Bench(exponentialKeys({ count: 2 }, [], () => as)).ask().kind).toBe('done');
  });

  test('endless keys with nothing to do are an error, not a hang', () => {
    const gen = new Bench(zipfKeys({ count: 2 }, endless(), () => null));
    expect(() => gen.ask()).toThrow('100000 branches in a row had nothing to do');
  });
});

describe('shortestAny', () => {
  test('is any, but ends when any has ended', () => {
    const seen = new Bench(shortestAny(as, limit(3, bs))).play();
    expect(seen.filter((f) => f === 'b')).toHaveLength(3);
    expect(new Bench(shortestAny(as, null)).play()).toEqual([]);
    expect(new Bench(any(as, null)).play(3)).toHaveLength(3);
  });

  test('a time limit ends the others', () => {
    const gen = new Bench(shortestAny(timeLimit(2, onThreads([], null) && delay(9, as)), bs));
    expect(gen.play(5)).toHaveLength(5);
    gen.now = 2;
    expect(gen.ask().kind).toBe('done');
  });
});

describe('cycleTimes', () => {
  test('gives each its time, and each goes on where it stopped', () => {
    const numbers = (f: string) => Array.from({ length: 5 }, (_, value) => ({ f, value }));
    const gen = new Bench(
      cycleTimes([
        [2, delay(1, numbers('a'))],
        [3, delay(1, numbers('b'))],
      ]),
    );
    const seen: string[] = [];
    for (gen.now = 0; gen.now < 12; gen.now += 0.5)
      seen.push(...gen.play(9).map((op) => `${gen.now} ${op}`));
    expect(seen).toEqual([
      '0 a:0',
      '1 a:1',
      '2 b:0',
      '3 b:1',
      '4 b:2',
      // What fell due while it was not its turn is caught up with, as `delay` does.
      '5 a:2',
      '5 a:3',
      '5 a:4',
      '7 b:3',
      '7 b:4',
    ]);
    expect(gen.ask().kind).toBe('done');
  });

  test('nothing is promised beyond its turn: what is due later waits for the next one', () => {
    const generator = clients(
      timeLimit(
        30,
        cycleTimes([
          [2, delay(1.5, as)],
          [3, delay(1, bs)],
        ]),
      ),
    );
    const history = runVirtually({ generator, concurrency: 3, seed: 1, model: quick });
    const begun = history.filter((op) => op.type === 'invoke');
    expect(begun.length).toBeGreaterThan(25);
    for (const { f, time } of begun) expect(f).toBe(time % 5e9 < 2e9 ? 'a' : 'b');
    expect(begun.filter((op) => op.time === 2e9).map((op) => op.f)).toEqual(['b']);
  });

  test('it is over as soon as nobody has anything left, whoever’s turn it is', () => {
    const gen = new Bench(
      cycleTimes([
        [1, c],
        [5, limit(1, [null, []])],
      ]),
    );
    expect(gen.play()).toEqual(['c']);
    expect(gen.ask().kind).toBe('done');
  });

  test('an exhausted one leaves its turn empty; it ends when all are', () => {
    const gen = new Bench(
      cycleTimes([
        [1, limit(2, as)],
        [1, bs],
      ]),
    );
    expect(gen.play()).toEqual(['a', 'a']);
    expect(gen.ask()).toMatchObject({ kind: 'pending', wake: 1e9 });
    gen.now = 1;
    expect(gen.play(2)).toEqual(['b', 'b']);
    gen.now = 2;
    expect(gen.ask()).toMatchObject({ kind: 'pending', wake: 3e9 });
    expect(
      new Bench(
        concat(
          cycleTimes([
            [1, null],
            [5, null],
          ]),
          c,
        ),
      ).play(),
    ).toEqual(['c']);
    expect(() => cycleTimes([[0, as]])).toThrow('a turn of 0 seconds');
  });
});
