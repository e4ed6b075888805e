// Generators that share out the threads: reserve, eachThread, independent keys.
import { describe, expect, test } from 'vitest';
import type { Emitted, Gen } from '../../src/generator/generator.ts';
import {
  any,
  clients,
  concurrentKeys,
  delay,
  eachThread,
  lift,
  limit,
  nemesis,
  once,
  phases,
  repeat,
  reserve,
  sequentialKeys,
} from '../../src/generator/index.ts';
import { Bench } from './pool.ts';

const rep = (f: string) => repeat({ f });
const byProcess = (ops: readonly Emitted[]): Record<string, string> =>
  Object.fromEntries(ops.map((op) => [String(op.process), op.f]));

describe('reserve', () => {
  test('gives ranges of threads their generators, the rest to the last', () => {
    const gen = new Bench(
      clients(
        reserve(
          [
            [2, rep('a')],
            [1, rep('b')],
          ],
          rep('c'),
        ),
      ),
      5,
    );
    expect(byProcess(gen.fill())).toEqual({ 0: 'a', 1: 'a', 2: 'b', 3: 'c', 4: 'c' });
  });

  test('nests: inner ranges count within the outer one', () => {
    const inner = reserve(
      [
        [1, rep('x')],
        [1, rep('y')],
      ],
      rep('z'),
    );
    const gen = new Bench(clients(reserve([[2, rep('a')]], inner)), 5);
    expect(byProcess(gen.fill())).toEqual({ 0: 'a', 1: 'a', 2: 'x', 3: 'y', 4: 'z' });
  });

  test('no range starves another', () => {
    const gen = new Bench(
      clients(
        reserve(
          [
            [1, delay(1, rep('slow'))],
            [2, rep('b')],
          ],
          rep('c'),
        ),
      ),
      5,
    );
    const seen = gen.play(401);
    expect(seen.filter((f) => f === 'slow')).toHaveLength(1);
    expect(Math.abs(seen.filter((f) => f === 'b').length - 200)).toBeLessThan(5);
  });

  test('ends when all parts have ended, and refuses more threads than there are', () => {
    const gen = new Bench(clients(reserve([[1, once(rep('a'))]], once(rep('b')))), 2);
    expect(gen.play().sort()).toEqual(['a', 'b']);
    expect(gen.ask().kind).toBe('done');
    expect(() => new Bench(clients(reserve([[3, rep('a')]], null)), 2).ask()).toThrow(
      'reserve of 3 threads, only 2 in scope',
    );
  });

  test('tells a part only of its own threads', () => {
    const told: string[] = [];
    const spy = {
      op: () => ({ kind: 'pending' as const, next: spy }),
      update: (_: unknown, event: { process: unknown; type: string }) => {
        told.push(`${event.type} ${event.process}`);
        return spy;
      },
    };
    const gen = new Bench(clients(reserve([[1, rep('a')]], spy)), 2);
    gen.fill();
    gen.complete(0);
    expect(told).toEqual([]);
  });
});

describe('eachThread', () => {
  test('plays a copy on every thread, each in its own time', () => {
    const gen = new Bench(clients(eachThread([{ f: 'a' }, { f: 'b' }])), 3);
    expect(gen.fill().map((op) => `${op.process}${op.f}`)).toEqual(['0a', '1a', '2a']);
    gen.complete(1);
    expect(gen.fill().map((op) => `${op.process}${op.f}`)).toEqual(['1b']);
    for (const process of [0, 1, 2]) gen.complete(process);
    expect(gen.play()).toEqual(['b', 'b']);
    expect(gen.ask().kind).toBe('done');
  });

  test('phases within a copy wait for that thread only', () => {
    const gen = new Bench(clients(eachThread(phases({ f: 'a' }, { f: 'b' }))), 2);
    gen.fill();
    gen.complete(0);
    expect(gen.fill().map((op) => `${op.process}${op.f}`)).toEqual(['0b']);
  });

  test('copies draw from streams of their own', () => {
    const gen = new Bench(
      clients(eachThread(once(({ random }) => ({ f: 'x', value: random.int(1e9) })))),
      20,
    );
    expect(new Set(gen.play()).size).toBe(20);
  });

  test('waiting copies are woken in order of time', () => {
    const gen = new Bench(clients(eachThread(delay(1, rep('a')))), 3);
    expect(gen.play()).toHaveLength(3);
    expect(gen.ask()).toMatchObject({ kind: 'op', op: { time: 1e9 } });
    gen.now = 0.5;
    expect(gen.ask()).toMatchObject({ kind: 'op', op: { time: 1e9 } });
    gen.now = 1;
    expect(gen.play()).toHaveLength(3);
  });

  test('a waiting copy that hears of something is asked again', () => {
    const impatient = (time: number): Gen => ({
      op: (context) => lift({ f: 'a', time }).op(context),
      update: (_, event) => (event.f === 'wake' ? impatient(0) : impatient(time)),
    });
    const gen = new Bench(clients(any({ f: 'wake', time: 1e9 }, eachThread(impatient(9e9)))), 1);
    expect(gen.play()).toEqual([]);
    gen.now = 1;
    expect(gen.play(2)).toEqual(['wake', 'a']);
  });

  test('the work for one operation does not grow with the number of threads', () => {
    let asks = 0;
    const counting = {
      op: (context: Parameters<ReturnType<typeof rep>['op']>[0]) => {
        asks++;
        const step = rep('a').op(context);
        return step.kind === 'op' ? { ...step, next: counting } : step;
      },
      update: () => counting,
    };
    const gen = new Bench(clients(eachThread(counting)), 1000);
    gen.play(1000);
    expect(asks).toBe(1000);
  });
});

describe('independent keys', () => {
  const keys = function* () {
    for (let key = 0; ; key++) yield key;
  };

  test('sequentialKeys: one key after the other', () => {
    const gen = new Bench(sequentialKeys(['x', 'y'], (key) => limit(2, rep(`f${key}`))));
    expect(gen.fill(10).map((op) => `${op.key}:${op.f}`)).toEqual(['x:fx', 'x:fx', 'y:fy', 'y:fy']);
    expect(gen.ask().kind).not.toBe('op');
  });

  test('concurrentKeys: each group of threads works on its key, then takes the next', () => {
    const gen = new Bench(clients(concurrentKeys(2, keys(), () => limit(3, rep('a')))), 4);
    const keysOf = (ops: readonly Emitted[]): string =>
      ops.map((op) => `${op.process}k${op.key}`).join(' ');
    expect(keysOf(gen.fill())).toBe('0k0 1k0 2k1 3k1');
    gen.complete(0);
    expect(keysOf(gen.fill())).toBe('0k0');
    gen.complete(1);
    gen.complete(0);
    expect(keysOf(gen.fill())).toBe('1k2 0k2');
    gen.complete(3);
    expect(keysOf(gen.fill())).toBe('3k1');
  });

  test('keys may run out: a group without a key rests, and it ends when all have ended', () => {
    const gen = new Bench(
      clients(concurrentKeys(1, [7, 8, 9], () => rep('a') && once({ f: 'a' }))),
      2,
    );
    expect(gen.play()).toHaveLength(3);
    expect(gen.ask().kind).toBe('done');
  });

  test('a key is pulled only when a group needs it, and its function called once', () => {
    const called: number[] = [];
    const gen = new Bench(
      clients(
        concurrentKeys(1, keys(), (key) => {
          called.push(key);
          return limit(1, rep('a'));
        }),
      ),
      2,
    );
    for (let i = 0; i < 4; i++) gen.ask();
    expect(called).toEqual([0]);
    gen.fill();
    for (let i = 0; i < 4; i++) gen.ask();
    expect(called).toEqual([0, 1]);
  });

  test('a late completion of an old key does not reach the new one', () => {
    const told: string[] = [];
    const spying = (key: number) => {
      const inner = limit(1, rep('a'));
      const spy = (gen: typeof inner): typeof inner => ({
        op: (context) => {
          const step = gen.op(context);
          return step.kind === 'done' ? step : { ...step, next: spy(step.next) };
        },
        update: (context, event) => {
          told.push(`${key} hears ${event.type} of ${event.key}`);
          return spy(gen.update(context, event));
        },
      });
      return spy(inner);
    };
    const gen = new Bench(clients(concurrentKeys(2, keys(), spying)), 2);
    gen.fill();
    gen.complete(0);
    expect(told).toEqual(['0 hears invoke of 0', '1 hears invoke of 1']);
  });

  test('a number of threads that does not fit is a usage error', () => {
    const gen = new Bench(clients(concurrentKeys(2, keys(), () => rep('a'))), 5);
    expect(() => gen.ask()).toThrow('2 threads a key do not divide 5 client threads');
    expect(() => new Bench(clients(concurrentKeys(9, keys(), () => rep('a'))), 5).ask()).toThrow();
  });

  test('leaves the nemesis out', () => {
    const gen = new Bench(
      concurrentKeys(2, keys(), () => rep('a')),
      2,
    );
    expect(gen.fill().map((op) => op.process)).toEqual([0, 1]);
    expect(new Bench(nemesis(rep('n')), 2).fill()).toHaveLength(1);
  });
});
