// The pure step: order of effects, crash rule, indices and times.
import { expect, test } from 'vitest';
import { rngOf } from '../../src/base/random.ts';
import type { Gen, GenLike, NemesisThread, Thread } from '../../src/generator/generator.ts';
import {
  any,
  clients,
  log,
  nemesis,
  onThreads,
  onUpdate,
  phases,
  repeat,
  sleep,
} from '../../src/generator/index.ts';
import { type Effect, type RunState, startRun, step } from '../../src/runner/interpreter.ts';

const start = (generator: GenLike, concurrency = 2): RunState =>
  startRun({ generator, concurrency, rng: rngOf(1) });
const kinds = (effects: readonly Effect[]): string => effects.map((e) => e.kind).join(' ');
const tick = (state: RunState, time: number): readonly Effect[] =>
  step(state, { kind: 'tick', time });
const ok = (state: RunState, time: number, thread: Thread = 0): readonly Effect[] =>
  step(state, { kind: 'completed', time, thread, completion: { type: 'ok' } });

test('journals before it dispatches, one operation a tick, and stops when nothing is left', () => {
  const state = start(clients([{ f: 'a' }, { f: 'b' }]));
  expect(tick(state, 5)).toEqual([
    {
      kind: 'journal',
      op: { index: 0, time: 5, process: 0, type: 'invoke', f: 'a', value: null },
    },
    {
      kind: 'dispatch',
      op: { index: 0, time: 5, process: 0, type: 'invoke', f: 'a', value: null },
      thread: 0,
    },
    { kind: 'wake', at: 5 },
  ]);
  expect(kinds(tick(state, 6))).toBe('journal dispatch wake');
  expect(tick(state, 7)).toEqual([]);
  const [journal] = ok(state, 9, 1);
  expect(journal).toMatchObject({ op: { index: 2, time: 9, process: 1, type: 'ok', f: 'b' } });
  expect(tick(state, 10)).toEqual([]);
  ok(state, 11, 0);
  expect(tick(state, 11)).toEqual([{ kind: 'stop' }]);
});

test('operations are frozen; a completion keeps key and value unless it brings its own value', () => {
  const state = start(clients(repeat({ f: 'w', value: 3, key: 'k' })), 1);
  const [journal] = tick(state, 0);
  const invocation = journal?.kind === 'journal' ? journal.op : undefined;
  expect(Object.isFrozen(invocation)).toBe(true);
  const [first] = ok(state, 1);
  expect(first).toMatchObject({ op: { value: 3, key: 'k', type: 'ok' } });
  tick(state, 2);
  const completion = { type: 'fail', value: [1], error: ['code', 'why'] } as const;
  const [second] = step(state, { kind: 'completed', time: 3, thread: 0, completion });
  expect(second).toMatchObject({ op: { value: [1], error: ['code', 'why'], index: 3 } });
});

test('info retires the process: the thread goes on with process + concurrency', () => {
  const state = start(clients(repeat({ f: 'r' })), 3);
  tick(state, 0);
  step(state, { kind: 'completed', time: 1, thread: 0, completion: { type: 'info' } });
  const processes = [2, 3, 4].map((time) => {
    const [journal] = tick(state, time);
    return journal?.kind === 'journal' ? journal.op.process : undefined;
  });
  expect(processes).toEqual([1, 2, 3]);
});

test('the nemesis completes as info and is never retired', () => {
  const state = start(nemesis(repeat({ f: 'kill' })), 1);
  tick(state, 0);
  const [journal] = ok(state, 1, 'nemesis');
  expect(journal).toMatchObject({ op: { process: 'nemesis', type: 'info' } });
  expect(tick(state, 2)[1]).toMatchObject({ kind: 'dispatch', thread: 'nemesis' });
});

test('nemesis threads overlap: generators are told which one it was, the history calls all nemesis', () => {
  const heard: unknown[] = [];
  const listen = (name: NemesisThread): Gen =>
    onThreads(
      [name],
      onUpdate(
        (gen, { process, type }) => {
          heard.push([name, process, type]);
          return gen;
        },
        repeat({ f: name }),
      ),
    );
  const generator = any(listen('nemesis'), listen('nemesis-2'));
  const state = startRun({ generator, concurrency: 1, nemesisThreads: 2, rng: rngOf(1) });
  const begun = [tick(state, 0), tick(state, 1)]
    .flat()
    .filter((effect) => effect.kind === 'dispatch');
  expect(begun.map(({ thread }) => thread).sort()).toEqual(['nemesis', 'nemesis-2']);
  expect(begun.map(({ op }) => op.process)).toEqual(['nemesis', 'nemesis']);
  const [journal] = ok(state, 2, 'nemesis-2');
  expect(journal).toMatchObject({ op: { process: 'nemesis', f: 'nemesis-2', type: 'info' } });
  expect(heard.sort()).toEqual([
    ['nemesis', 'nemesis', 'invoke'],
    ['nemesis-2', 'nemesis-2', 'info'],
    ['nemesis-2', 'nemesis-2', 'invoke'],
  ]);
});

test('the generator hears of a completion while the thread still runs the old process', () => {
  const heard: unknown[] = [];
  const spy = {
    op: () => ({ kind: 'pending' as const, next: spy }),
    update: (
      context: Parameters<ReturnType<typeof repeat>['update']>[0],
      event: { type: string },
    ) => {
      heard.push([event.type, context.threads.isFree(0), context.threads.processOf(0)]);
      return spy;
    },
  };
  const listening = start(
    {
      op: () => ({
        kind: 'op',
        op: { kind: 'invoke', f: 'a', value: null, process: 0, time: 0 },
        next: spy,
      }),
      update: () => spy,
    } as GenLike,
    1,
  );
  tick(listening, 0);
  step(listening, { kind: 'completed', time: 1, thread: 0, completion: { type: 'info' } });
  expect(heard).toEqual([
    ['invoke', false, 0],
    ['info', true, 0],
  ]);
});

test('sleep occupies its thread, log nobody; neither is in the history', () => {
  const state = start(clients(phases([log('hello'), sleep(2)], { f: 'a' })), 1);
  expect(tick(state, 0)).toEqual([
    { kind: 'log', time: 0, message: 'hello' },
    { kind: 'wake', at: 0 },
  ]);
  expect(tick(state, 0)).toEqual([{ kind: 'wake', at: 0 }]);
  const [wake] = tick(state, 1);
  expect(wake).toMatchObject({ kind: 'wake' });
  expect(tick(state, 2e9)[0]).toMatchObject({ op: { f: 'a', index: 0 } });
});

test('an operation in the future is a wake, and begins at its time', () => {
  const state = start({ f: 'a', time: 7e9 });
  expect(tick(state, 1)).toEqual([{ kind: 'wake', at: 7e9 }]);
  expect(tick(state, 7e9 + 5)[0]).toMatchObject({ op: { time: 7e9 + 5 } });
});

test('an interrupt begins nothing new, ends sleeps, and waits for what is under way', () => {
  const state = start(clients([{ f: 'a' }, sleep(1000), repeat({ f: 'b' })]), 2);
  tick(state, 0);
  tick(state, 0);
  step(state, { kind: 'interrupt', time: 1 });
  expect(tick(state, 1)).toEqual([]);
  ok(state, 2);
  expect(kinds(tick(state, 2))).toBe('stop');
});

test('a generator that throws or emits nonsense is named', () => {
  const failing = start(
    clients({
      op: () => {
        throw new Error('bug');
      },
      update: () => null as never,
    }),
  );
  expect(() => tick(failing, 0)).toThrow(
    /^OnThreads > .*threw at 0.000 s with 3 of 3 threads free: bug/,
  );
  const emitting = (process: number, time: number): RunState =>
    start({
      op: () => ({
        kind: 'op',
        op: { kind: 'invoke', f: 'x', value: null, process, time },
        next: null as never,
      }),
      update: () => null as never,
    });
  expect(() => tick(emitting(9, 0), 0)).toThrow('x emitted for process 9, not free');
  expect(() => tick(emitting(0, 3), 5)).toThrow('x emitted at 3 ns, in the past of 5 ns');
  expect(() => tick(emitting(0, Number.NaN), 5)).toThrow('in the past');
});

test('a completion for an idle thread is our bug', () => {
  expect(() => ok(start(null), 1)).toThrow('nothing under way');
});
