// What each combinator means, by example.
import { describe, expect, test } from 'vitest';
import {
  andThen,
  any,
  clients,
  concat,
  cycle,
  delay,
  eachThread,
  filter,
  flipFlop,
  fMap,
  fromIterable,
  limit,
  log,
  map,
  mix,
  nemesis,
  once,
  onThreads,
  phases,
  processLimit,
  repeat,
  sleep,
  stagger,
  synchronize,
  timeLimit,
  untilOk,
} from '../../src/generator/index.ts';
import { Bench } from './pool.ts';

const a = { f: 'a' };
const b = { f: 'b' };
const c = { f: 'c' };
const as = repeat(a);
const bs = repeat(b);

describe('lifting', () => {
  test('null is done, one operation is emitted once, arrays play in order', () => {
    expect(new Bench(null).ask()).toEqual({ kind: 'done' });
    expect(new Bench([a, [b, null, c], []]).play()).toEqual(['a', 'b', 'c']);
  });

  test('a function is called for ever, and ended by null', () => {
    let n = 0;
    const gen = new Bench(() => (n < 3 ? { f: 'write', value: n++ } : null));
    expect(gen.play()).toEqual(['write:0', 'write:1', 'write:2']);
    expect(gen.ask().kind).toBe('done');
  });

  test('a function may return a generator, which is played to its end before the next call', () => {
    let n = 0;
    const gen = new Bench(() => (n < 2 ? [{ f: 'a', value: n++ }, b] : null));
    expect(gen.play()).toEqual(['a:0', 'b', 'a:1', 'b']);
  });

  test('a function without parameters is called once an operation, however often it is asked', () => {
    let calls = 0;
    const gen = new Bench(() => ({ f: 'write', value: calls++ }));
    for (let i = 0; i < 5; i++) gen.ask();
    expect(gen.play(3)).toEqual(['write:0', 'write:1', 'write:2']);
    expect(calls).toBe(3);
  });

  test('each copy of a function calls it for itself: no value is emitted twice', () => {
    let n = 0;
    const gen = new Bench(clients(eachThread(limit(2, () => ({ f: 'w', value: n++ })))), 3);
    const values = gen.play();
    expect(new Set(values).size).toBe(6);
  });

  test('a context function sees time and threads, and draws the same on every ask', () => {
    const gen = new Bench(({ time, threads, random }) => ({
      f: 'x',
      value: [time, threads.count, random.int(1000)],
    }));
    expect(gen.ask()).toEqual(gen.ask());
    const values = gen.fill(4).map((op) => (op.value as number[])[2]);
    expect(new Set(values).size).toBe(4);
  });

  test('what does not lift is named', () => {
    expect(() => new Bench({ x: 1 } as never)).toThrow(/cannot make a generator of .* keys x/);
    expect(() => new Bench('read' as never)).toThrow(/string read/);
    expect(() => new Bench([a, undefined as never]).play()).toThrow(/of undefined/);
  });

  test('an endless sequence of nothing is an error, not a hang', () => {
    expect(() => new Bench(() => []).play()).toThrow(/nothing to do/);
  });
});

describe('counting and choosing', () => {
  test('limit, once, repeat, cycle', () => {
    expect(new Bench(limit(2, as)).play()).toEqual(['a', 'a']);
    expect(new Bench(limit(0, as)).play()).toEqual([]);
    expect(new Bench(once([a, b])).play()).toEqual(['a']);
    expect(new Bench(repeat(3, [a, b])).play()).toEqual(['a', 'a', 'a']);
    expect(new Bench(cycle(2, [a, b])).play()).toEqual(['a', 'b', 'a', 'b']);
    expect(new Bench(cycle([a, b])).play(5)).toEqual(['a', 'b', 'a', 'b', 'a']);
    expect(new Bench(cycle(null)).play()).toEqual([]);
  });

  test('flipFlop alternates and ends with either', () => {
    expect(new Bench(flipFlop(as, limit(2, bs))).play()).toEqual(['a', 'b', 'a', 'b', 'a']);
  });

  test('filter, map, fMap leave sleeps and logs alone', () => {
    const gen = [a, log('x'), b, c];
    expect(new Bench(filter((op) => op.f !== 'b', gen)).play()).toEqual(['a', 'log:x', 'c']);
    expect(new Bench(map(({ f }) => ({ value: f + f }), gen)).play()).toEqual([
      'a:aa',
      'log:x',
      'b:bb',
      'c:cc',
    ]);
    expect(new Bench(fMap({ b: 'beta' }, gen)).play()).toEqual(['a', 'log:x', 'beta', 'c']);
  });

  test('mix chooses uniformly, drops what is exhausted, and ends when all are', () => {
    const seen = new Bench(mix([as, bs, limit(3, repeat(c))])).play(3000);
    const count = (f: string): number => seen.filter((x) => x === f).length;
    expect(count('c')).toBe(3);
    expect(Math.abs(count('a') - count('b'))).toBeLessThan(250);
    expect(new Bench(mix([a, b, c])).play().sort()).toEqual(['a', 'b', 'c']);
    expect(new Bench(mix([])).play()).toEqual([]);
  });

  test('mix is not stuck by a pending branch', () => {
    const gen = new Bench(mix([onThreads([0], as), onThreads([1], bs)]), 2);
    const [first] = gen.fill(1);
    const other = gen.fill(1)[0];
    expect([first?.f, other?.f].sort()).toEqual(['a', 'b']);
    expect(gen.ask().kind).toBe('pending');
  });

  test('any takes the soonest, shares ties, and ends when all have ended', () => {
    const seen = new Bench(any(as, bs)).play(1000);
    expect(Math.abs(seen.filter((x) => x === 'a').length - 500)).toBeLessThan(100);
    expect(new Bench(any({ f: 'late', time: 5e9 }, a)).play()).toEqual(['a']);
    expect(new Bench(any([a, b], null)).play()).toEqual(['a', 'b']);
  });

  test('untilOk stops at its own success, not at somebody else’s', () => {
    const gen = new Bench(any(onThreads([0], untilOk(as)), onThreads([1], limit(1, bs))), 2);
    const begun = gen.fill(2);
    const processOf = (f: string) => begun.find((op) => op.f === f)?.process ?? -1;
    gen.complete(processOf('b'));
    gen.complete(processOf('a'), 'fail');
    expect(gen.fill().map((op) => op.f)).toEqual(['a']);
    gen.complete(0);
    expect(gen.ask().kind).toBe('done');
  });

  test('processLimit allows so many crashes that no more than its number of processes ever lived', () => {
    const gen = new Bench(onThreads([0, 1], processLimit(4, as)), 2);
    const crash = (): void => gen.complete(gen.begin()?.process ?? -1, 'info');
    crash();
    crash();
    expect(gen.play(5)).toHaveLength(5);
    crash();
    expect(gen.ask().kind).toBe('done');
    expect(new Bench(processLimit(3, as), 3).ask().kind).toBe('done');
  });
});

describe('time', () => {
  test('delay keeps an even distance and catches up', () => {
    const gen = new Bench(delay(1, as));
    expect(gen.play()).toEqual(['a']);
    gen.now = 3.5;
    expect(gen.play()).toEqual(['a', 'a', 'a']);
    expect(gen.ask()).toMatchObject({ kind: 'op', op: { time: 4e9 } });
  });

  test('stagger spreads uniformly between 0 and twice the mean, and a long stall ends in no burst', () => {
    const gen = new Bench(stagger(1, as));
    const times: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const step = gen.ask();
      if (step.kind !== 'op') throw new Error(step.kind);
      gen.now = step.op.time / 1e9;
      times.push(gen.now);
      gen.play(1);
    }
    const gaps = times.slice(1).map((t, i) => t - (times[i] as number));
    const mean = gaps.reduce((x, y) => x + y) / gaps.length;
    expect(mean).toBeGreaterThan(0.95);
    expect(mean).toBeLessThan(1.05);
    expect(Math.max(...gaps)).toBeLessThan(2);
    expect(Math.max(...gaps)).toBeGreaterThan(1.95);
    gen.now += 100;
    expect(gen.play(50).length).toBeLessThan(3);
  });

  test('a lateness of a few milliseconds does not lower the rate', () => {
    const gen = new Bench(stagger(0.0001, as));
    for (gen.now = 0; gen.now < 1; gen.now += 0.001) gen.play(1000);
    const late = new Bench(stagger(0.0001, as));
    let count = 0;
    for (late.now = 0; late.now < 1; late.now += 0.001) count += late.play(1000).length;
    expect(count).toBeGreaterThan(9500);
    expect(count).toBeLessThan(10_500);
  });

  test('timeLimit emits only what is due before its end, and lasts until then', () => {
    const gen = new Bench(timeLimit(2, delay(1, as)));
    expect(gen.play()).toEqual(['a']);
    gen.now = 1.2;
    expect(gen.play()).toEqual(['a']);
    expect(gen.ask()).toMatchObject({ kind: 'pending', wake: 2e9 });
    gen.now = 2;
    expect(gen.ask()).toEqual({ kind: 'done' });
  });

  test('timeLimit fires while its generator is pending', () => {
    const gen = new Bench(concat(timeLimit(5, onThreads([0], as)), onThreads([1], b)), 2);
    expect(gen.fill().map((op) => op.f)).toEqual(['a']);
    expect(gen.ask()).toMatchObject({ kind: 'pending', wake: 5e9 });
    gen.now = 5;
    expect(gen.begin()?.f).toBe('b');
  });

  test('a pending branch that wants to be asked earlier goes before a later operation', () => {
    const limited = concat(timeLimit(1, synchronize(onThreads([0], as))), b);
    const gen = new Bench(any(limited, { f: 'late', time: 9e9 }), 2);
    gen.pool.setBusy(1);
    expect(gen.ask()).toMatchObject({ kind: 'pending', wake: 1e9 });
  });

  test('an operation with a time waits for it', () => {
    const gen = new Bench({ f: 'x', time: 3e9 });
    expect(gen.begin()).toBeUndefined();
    gen.now = 3;
    expect(gen.begin()?.f).toBe('x');
  });
});

describe('threads', () => {
  test('clients and nemesis', () => {
    const gen = new Bench(clients(limit(2, as), limit(1, bs)), 2);
    const begun = gen.fill();
    expect(
      begun
        .filter((op) => op.f === 'a')
        .map((op) => op.process)
        .sort(),
    ).toEqual([0, 1]);
    expect(begun.filter((op) => op.f === 'b').map((op) => op.process)).toEqual(['nemesis']);
    expect(new Bench(nemesis(once(a), once(b))).fill()).toHaveLength(2);
  });

  test('free processes take turns', () => {
    const gen = new Bench(clients(as), 4);
    const seen: unknown[] = [];
    for (let i = 0; i < 8; i++) {
      const op = gen.begin();
      seen.push(op?.process);
      gen.complete(op?.process ?? -1);
    }
    expect(seen).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  test('phases wait for everything before them; andThen for its first part', () => {
    const gen = new Bench(clients(phases([a, a], [b])), 2);
    const [first, second] = gen.fill();
    gen.complete(first?.process ?? -1);
    expect(gen.ask().kind).toBe('pending');
    gen.complete(second?.process ?? -1, 'info');
    expect(gen.fill().map((op) => op.f)).toEqual(['b']);
    expect(new Bench(andThen([a], [b])).play()).toEqual(['a', 'b']);
  });

  test('synchronize waits only once', () => {
    const gen = new Bench(clients(synchronize(as)), 3);
    expect(gen.fill()).toHaveLength(3);
  });

  test('an operation for one process waits for it; for a retired one it is skipped', () => {
    const gen = new Bench([{ f: 'x', process: 1 }, { f: 'y', process: 1 }, { f: 'z' }], 2);
    expect(gen.begin()?.process).toBe(1);
    expect(gen.ask().kind).toBe('pending');
    gen.complete(1, 'info');
    expect(gen.begin()?.f).toBe('z');
  });

  test('sleep and log are special operations', () => {
    expect(new Bench(sleep(2)).ask()).toMatchObject({ op: { kind: 'sleep', value: 2 } });
    expect(new Bench(log('hi')).ask()).toMatchObject({ op: { kind: 'log', value: 'hi' } });
  });

  test('a generator for threads that are not in scope is an error', () => {
    expect(() => new Bench(nemesis(clients(as))).ask()).toThrow(/none of the 1 threads/);
  });
});

describe('iterables', () => {
  test('are pulled lazily, once, and can be asked again', () => {
    let pulled = 0;
    const items = fromIterable(function* () {
      for (;;) yield { f: 'w', value: pulled++ };
    });
    const gen = new Bench(items);
    for (let i = 0; i < 3; i++) gen.ask();
    expect(pulled).toBe(1);
    expect(gen.play(4)).toEqual(['w:0', 'w:1', 'w:2', 'w:3']);
    expect(new Bench(items).play(3)).toEqual(['w:0', 'w:1', 'w:2']);
    expect(pulled).toBe(4);
  });

  test('a generator object in an array, asked while all are busy, loses nothing', () => {
    const items = (function* () {
      yield a;
      yield b;
    })();
    const gen = new Bench(clients([c, items]), 1);
    expect(gen.begin()?.f).toBe('c');
    for (let i = 0; i < 3; i++) gen.ask();
    gen.complete(0);
    expect(gen.play()).toEqual(['a', 'b']);
  });

  test('one that throws is named, and over', () => {
    const gen = new Bench(
      fromIterable(function* () {
        yield a;
        throw new Error('no more');
      }),
    );
    expect(gen.play(1)).toEqual(['a']);
    expect(() => gen.ask()).toThrow(/iterable of a sequence threw at 0.000 s .*no more/);
  });
});

test('a function that throws is named with its context', () => {
  const gen = new Bench(function pickKey(): never {
    throw new TypeError('no keys');
  });
  expect(() => gen.ask()).toThrow(
    'the generator function pickKey threw at 0.000 s with 4 of 4 threads free: no keys',
  );
});
