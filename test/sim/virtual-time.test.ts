// Virtual time: the same seed is the same history, well formed, and draws of one part shift nothing in another.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GenLike } from '../../src/generator/generator.ts';
import {
  clients,
  flipFlop,
  mix,
  phases,
  repeat,
  sleep,
  stagger,
  timeLimit,
} from '../../src/generator/index.ts';
import type { Op } from '../../src/history/op.ts';
import { imperfect, perfectInfo, quick, runVirtually } from '../../src/sim/virtual-time.ts';
import { anyRecipe, isRefusal } from '../generator/arbitrary.ts';

const work = clients(
  stagger(
    0.01,
    mix([repeat({ f: 'read' }), ({ random }) => ({ f: 'write', value: random.int(99) })]),
  ),
  stagger(10, flipFlop(repeat({ f: 'start' }), repeat({ f: 'stop' }))),
);
const run = (generator: GenLike, seed: number, untilSeconds = 60): readonly Op[] =>
  runVirtually({ generator, concurrency: 5, seed, model: imperfect, untilSeconds });

test('the same seed gives the same bytes, another seed another history', () => {
  const bytes = (seed: number): string => JSON.stringify(run(work, seed));
  expect(bytes(1)).toBe(bytes(1));
  expect(bytes(2)).not.toBe(bytes(1));
});

test('an hour passes', () => {
  const history = run(work, 1, 3600);
  const invokes = history.filter((op) => op.type === 'invoke' && op.process !== 'nemesis');
  expect(invokes.length).toBeGreaterThan(345_000);
  expect(invokes.length).toBeLessThan(375_000);
  expect(history.at(-1)?.time).toBeGreaterThan(3599e9);
});

test('the draws of the nemesis shift nothing in the workload', () => {
  const load = timeLimit(
    20,
    stagger(0.1, mix([repeat({ f: 'a' }), ({ random }) => ({ f: 'b', value: random.int(1e6) })])),
  );
  const clientsOf = (faults: GenLike): unknown[] =>
    runVirtually({ generator: clients(load, faults), concurrency: 5, seed: 3 })
      .filter((op) => op.process !== 'nemesis' && op.type === 'invoke')
      .map(({ time, process, f, value }) => [time, process, f, value]);
  const calm = clientsOf(null);
  expect(calm.length).toBeGreaterThan(100);
  expect(
    clientsOf(
      timeLimit(
        20,
        stagger(0.3, ({ random }) => ({ f: 'n', value: random.int(9) })),
      ),
    ),
  ).toEqual(calm);
  expect(clientsOf(timeLimit(20, mix([stagger(1, repeat({ f: 'x' })), sleep(3)])))).toEqual(calm);
});

/** What must hold of every history. */
const checkHistory = (history: readonly Op[]): void => {
  const open = new Map<unknown, Op>();
  const retired = new Set<unknown>();
  let last = 0;
  for (const [index, op] of history.entries()) {
    expect(op.index).toBe(index);
    expect(op.time).toBeGreaterThanOrEqual(last);
    last = op.time;
    if (op.type === 'invoke') {
      expect(open.has(op.process) || retired.has(op.process)).toBe(false);
      open.set(op.process, op);
      continue;
    }
    expect(open.get(op.process)?.f).toBe(op.f);
    open.delete(op.process);
    if (op.type === 'info' && op.process !== 'nemesis') retired.add(op.process);
  }
  expect(open.size).toBe(0);
};

test('every composition yields a well-formed history, and the same one again', () => {
  fc.assert(
    fc.property(
      anyRecipe,
      fc.nat(1000),
      fc.constantFrom(imperfect, quick, perfectInfo),
      (recipe, seed, model) => {
        const play = (): readonly Op[] =>
          runVirtually({
            generator: recipe.make(),
            concurrency: 4,
            seed,
            model,
            untilSeconds: 10,
            maxEntries: 300,
          });
        try {
          const history = play();
          checkHistory(history);
          expect(play()).toEqual(history);
        } catch (error) {
          if (!isRefusal((error as Error).cause ?? error)) throw error;
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('an operation that never ends leaves the rest of the run alone', () => {
  const generator = clients(phases(timeLimit(5, repeat({ f: 'r' })), { f: 'never' }));
  const history = runVirtually({
    generator,
    concurrency: 2,
    seed: 1,
    model: (op) => ({
      completion: { type: 'ok' },
      afterNs: op.process === 1 ? Number.POSITIVE_INFINITY : 1e8,
    }),
    untilSeconds: 60,
  });
  expect(history.filter((op) => op.type === 'ok')).toHaveLength(50);
  expect(history.filter((op) => op.process === 1)).toHaveLength(1);
  expect(history.some((op) => op.f === 'never')).toBe(false);
});
