// Combinators that watch over one generator: barrier, eachProcess, onUpdate, validate, friendlyExceptions, trace …
import { describe, expect, test } from 'vitest';
import type { Context, Gen, Step } from '../../src/generator/generator.ts';
import {
  any,
  barrier,
  cache,
  clients,
  concat,
  concurrencyLimit,
  eachProcess,
  filter,
  friendlyExceptions,
  lift,
  limit,
  mix,
  nemesis,
  onThreads,
  onUpdate,
  repeat,
  timeLimit,
  trace,
  validate,
} from '../../src/generator/index.ts';
import { runVirtually } from '../../src/sim/virtual-time.ts';
import { Bench } from './pool.ts';

const a = { f: 'a' };
const b = { f: 'b' };
const as = repeat(a);
const bs = repeat(b);

test('barrier: what comes after it overlaps nothing of it', () => {
  const gen = new Bench(clients(concat(barrier([a, a]), b)), 2);
  const [first, second] = gen.fill();
  gen.complete(first?.process ?? -1);
  expect(gen.ask().kind).toBe('pending');
  gen.complete(second?.process ?? -1);
  expect(gen.fill().map((op) => op.f)).toEqual(['b']);
});

describe('eachProcess', () => {
  test('a thread whose process crashed begins anew; one whose process goes on does not', () => {
    const gen = new Bench(clients(eachProcess([{ f: 'open' }, as])), 2);
    const next = (process: number): string | undefined => {
      const op = gen.begin();
      expect(op?.process).toBe(process);
      return op?.f;
    };
    expect([next(0), next(1)]).toEqual(['open', 'open']);
    gen.complete(0);
    expect(next(0)).toBe('a');
    gen.complete(1, 'info');
    expect(next(3)).toBe('open');
    gen.complete(0, 'fail');
    expect(next(0)).toBe('a');
  });

  test('ends only when no process that is at work could still crash', () => {
    const gen = new Bench(clients(eachProcess(a)), 2);
    expect(gen.fill()).toHaveLength(2);
    gen.complete(0);
    expect(gen.ask().kind).toBe('pending');
    gen.complete(1, 'info');
    expect(gen.begin()?.process).toBe(3);
    gen.complete(3);
    expect(gen.ask().kind).toBe('done');
  });

  test('copies draw from streams of their own', () => {
    const gen = new Bench(
      clients(eachProcess(limit(1, ({ random }) => ({ f: 'x', value: random.int(1e9) })))),
      20,
    );
    expect(new Set(gen.play()).size).toBe(20);
  });
});

describe('onUpdate', () => {
  test('replaces the generator at each event, and ends it with null', () => {
    const gen = new Bench(
      clients(
        onUpdate((old, { type, f }) => {
          if (type !== 'ok') return old;
          return f === 'a' ? bs : null;
        }, as),
      ),
      1,
    );
    expect(gen.play()).toEqual(['a', 'b']);
    expect(gen.ask().kind).toBe('done');
  });

  test('is given the generator as it is after the event, and only events in its scope', () => {
    const told: string[] = [];
    const gen = new Bench(
      any(
        onThreads(
          [0],
          onUpdate(
            (old, event, { time }) => {
              told.push(`${event.type} ${event.f} ${time}`);
              return old;
            },
            limit(2, as),
          ),
        ),
        onThreads([1], limit(2, bs)),
      ),
      2,
    );
    expect(gen.play()).toHaveLength(4);
    // With its last operation the generator is exhausted, and over.
    expect(told).toEqual(['invoke a 0', 'ok a 0', 'invoke a 0']);
  });

  test('a handler that throws is named', () => {
    const gen = new Bench(
      onUpdate(() => {
        throw new Error('lost count');
      }, as),
    );
    expect(() => gen.begin()).toThrow(/the update handler threw at 0.000 s .*: lost count/);
  });
});

describe('validate', () => {
  const answering = (step: unknown): Gen => ({ op: () => step as Step, update: () => as });
  const op = { kind: 'invoke', f: 'x', value: 1, process: 0, time: 0 };

  test.each<[string, unknown]>([
    ['undefined instead of a step', undefined],
    ['a step of the kind nothing', { kind: 'nothing' }],
    ['a step of the kind op whose next is no generator', { kind: 'op', op }],
    ['an operation of the kind wait', { kind: 'op', op: { ...op, kind: 'wait' }, next: as }],
    ['an operation whose f is number', { kind: 'op', op: { ...op, f: 1 }, next: as }],
    ['x without a value', { kind: 'op', op: { ...op, value: undefined }, next: as }],
    ['x at the time 0.5, not whole', { kind: 'op', op: { ...op, time: 0.5 }, next: as }],
    ['x at -1 ns, in the past', { kind: 'op', op: { ...op, time: -1 }, next: as }],
    ['x for process 9, which no thread runs', { kind: 'op', op: { ...op, process: 9 }, next: as }],
    ['x with the key [object Object]', { kind: 'op', op: { ...op, key: {} }, next: as }],
    ['a wake at 0 ns, expected', { kind: 'pending', next: as, wake: 0 }],
  ])('says what is wrong: %s', (says, step) => {
    expect(() => new Bench(validate(answering(step))).ask()).toThrow(`Object answered ${says}`);
    expect(() => new Bench(validate(answering(step))).ask()).toThrow('at 0.000 s with 4 of 4');
  });

  test('a process that is busy, or not in scope, or a successor that is no generator', () => {
    const stubborn = answering({ kind: 'op', op, next: answering({ kind: 'op', op, next: as }) });
    const gen = new Bench(validate({ ...stubborn, update: () => stubborn }));
    gen.pool.setBusy(0);
    expect(() => gen.ask()).toThrow('x for process 0, which is busy');
    expect(() => new Bench(nemesis(validate(stubborn))).ask()).toThrow('which is not in scope');
    const lost: Gen = {
      op: () => ({ kind: 'op', op, next: lost }) as unknown as Step,
      update: () => null as never,
    };
    expect(() => new Bench(validate(lost)).begin()).toThrow('became null at the invoke of x');
  });

  test('what is right passes unchanged', () => {
    expect(new Bench(validate([a, b])).play()).toEqual(['a', 'b']);
  });
});

test('friendlyExceptions name the part that threw, and what it was doing', () => {
  const broken: Gen = {
    op: (context) => ({ ...(as.op(context) as Step & { kind: 'op' }), next: broken }),
    update: () => {
      throw new TypeError('cannot read x');
    },
  };
  const gen = new Bench(any(friendlyExceptions(broken, 'the readers'), null));
  expect(() => gen.begin()).toThrow(
    'the readers, told of the invoke of a, threw at 0.000 s with 3 of 4 threads free: cannot read x',
  );
  const unnamed = friendlyExceptions(limit(2, { ...broken, op: () => null as never }));
  expect(() => new Bench(unnamed).ask()).toThrow(/^Limit > Object threw at/);
});

test('trace says what is answered and what is told, and changes nothing', () => {
  const lines: string[] = [];
  const gen = new Bench(
    trace('reads', limit(1, repeat({ f: 'r', value: [1] })), (line) => void lines.push(line)),
    1,
  );
  expect(gen.play()).toEqual(['r:1']);
  expect(lines).toEqual([
    'reads: asked at 0.000 s with 2 of 2 threads free: r [1] for 0 at 0.000 s',
    'reads: told at 0.000 s with 1 of 2 threads free: invoke of r [1] by 0',
    'reads: told at 0.000 s with 2 of 2 threads free: ok of r [1] by 0',
    'reads: asked at 0.000 s with 2 of 2 threads free: done',
  ]);
});

test('concurrencyLimit waits while so many threads are busy, whoever keeps them busy', () => {
  const gen = new Bench(clients(concurrencyLimit(2, as)), 5);
  expect(gen.fill()).toHaveLength(2);
  gen.complete(1);
  expect(gen.fill()).toHaveLength(1);
  expect(new Bench(clients(concurrencyLimit(2, limit(2, as)))).play(9)).toHaveLength(2);
});

describe('cache', () => {
  /** Counts how often it was asked; each state is another. */
  const counting = (counts: { asks: number }, n = 0): Gen => ({
    op: (context: Context) => {
      counts.asks++;
      const step = lift({ f: 'x', value: n, time: 5e9 }).op(context);
      return step.kind === 'op' ? { ...step, next: counting(counts, n + 1) } : step;
    },
    update: function (_: Context, event) {
      return event.f === 'change' ? counting(counts, 100) : (this as Gen);
    },
  });

  test('asks once for an operation that nobody takes, and again after its time', () => {
    const counts = { asks: 0 };
    const gen = new Bench(cache(2, counting(counts)));
    for (let i = 0; i < 10; i++) gen.ask();
    expect(counts.asks).toBe(1);
    gen.now = 2;
    gen.ask();
    expect(counts.asks).toBe(2);
    gen.now = 6;
    expect(gen.play(3)).toEqual(['x:0', 'x:1', 'x:2']);
  });

  test('an event that has nothing to do with it neither drops the operation nor the generator', () => {
    const counts = { asks: 0 };
    const gen = new Bench(any(onThreads([0], limit(30, as)), cache(60, counting(counts))), 2);
    expect(gen.play()).toHaveLength(30);
    // Once, and once more because its process was taken.
    expect(counts.asks).toBe(2);
    gen.now = 5;
    expect(gen.play(2)).toEqual(['x:0', 'x:1']);
    // Jepsen's ends here after one operation, having lost its generator.
    expect(
      new Bench(any(cache(9, limit(5, bs)), limit(5, as))).play().filter((f) => f === 'b'),
    ).toHaveLength(5);
  });

  test('an event that changes the generator, or takes the process, makes a new one', () => {
    const counts = { asks: 0 };
    const gen = new Bench(any(onThreads([1], { f: 'change' }), cache(60, counting(counts))), 2);
    gen.play();
    gen.now = 6;
    expect(gen.play(1)).toEqual(['x:100']);
    const busy = new Bench(cache(60, counting(counts)), 2);
    busy.ask();
    busy.pool.setBusy(0);
    busy.now = 6;
    expect(busy.begin()?.process).toBe(1);
  });
});

test('filter: what it uses up counts only when it is taken; told that it is done, everybody drops it', () => {
  const perhaps = filter(
    ({ f }) => f === 'a',
    limit(3, ({ time }) => (time < 1e9 ? b : a)),
  );
  const gen = new Bench(perhaps);
  // Nothing but refused operations at this time: done; and as if never asked afterwards.
  expect(gen.ask().kind).toBe('done');
  gen.now = 1;
  expect(gen.play()).toEqual(['a', 'a', 'a']);
  const history = runVirtually({
    // In the first second `any` is told that it is done: it does not come back when it could.
    generator: clients(concat(any(perhaps, timeLimit(2, repeat({ f: 'w' }))), perhaps)),
    concurrency: 1,
    seed: 1,
    model: () => ({ completion: { type: 'ok' }, afterNs: 4e8 }),
  });
  expect(history.filter((op) => op.f === 'a' && op.type === 'ok')).toHaveLength(3);
});

test('andThen is not called then: a module that exports then could not be imported', async () => {
  const all: Record<string, unknown> = await import('../../src/index.ts');
  expect(all['then']).toBeUndefined();
  expect(Object.keys(all)).toContain('andThen');
  expect(mix([])).toBe(lift(null));
});
