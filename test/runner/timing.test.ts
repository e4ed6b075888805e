// What the controller adds to the times of a history is measured and said: lag, late invocations, stray errors.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { rngOf } from '../../src/base/random.ts';
import type { Client } from '../../src/contract/client.ts';
import { distortionOf, type RunTiming } from '../../src/contract/timing.ts';
import type { GenLike } from '../../src/generator/generator.ts';
import { any, clients, delay, limit, onThreads, repeat } from '../../src/generator/index.ts';
import { type RunState, startRun, step } from '../../src/runner/interpreter.ts';
import { perform, startClock } from '../../src/runner/perform.ts';

const ms = 1e6;
const start = (generator: GenLike): RunState =>
  startRun({ generator, concurrency: 2, rng: rngOf(1) });
const tick = (state: RunState, time: number): unknown => step(state, { kind: 'tick', time });
const ok = (state: RunState, time: number, thread: number): unknown =>
  step(state, { kind: 'completed', time, thread, completion: { type: 'ok' } });

test('an invocation that begins long after it was planned is late; one that is nearly in time is not', () => {
  const state = start(clients(delay(0.1, limit(3, repeat({ f: 'r' })))));
  tick(state, 0);
  tick(state, 1 * ms);
  tick(state, 105 * ms);
  expect(state.late).toEqual({ count: 0, maxNs: 0 });
  tick(state, 106 * ms);
  tick(state, 240 * ms);
  expect(state.late.count).toBe(0); // both clients are busy: nobody could have begun it
  ok(state, 250 * ms, 0);
  tick(state, 250 * ms);
  expect(state.late.count).toBe(0);
  expect(state.invocations).toBe(3);
});

test('it is late also when an answer came before the tick, and nothing is late that was planned anew', () => {
  const load = any(onThreads([0], { f: 'r' }), onThreads([1], { f: 'due', time: 100 * ms }));
  const late = start(load);
  tick(late, 0);
  tick(late, 0);
  ok(late, 150 * ms, 0);
  tick(late, 150 * ms);
  expect(late.late).toEqual({ count: 1, maxNs: 50 * ms });
  const early = start(load);
  tick(early, 0);
  tick(early, 0);
  ok(early, 50 * ms, 0);
  tick(early, 50 * ms);
  tick(early, 100 * ms);
  expect(early.late.count).toBe(0);
  expect(early.invocations).toBe(2);
});

const block = (forMs: number): void => {
  const until = performance.now() + forMs;
  while (performance.now() < until);
};

test('a client that blocks the loop shows in the record of the run', async () => {
  let stalls = 0;
  const client: Client = {
    open: async () => client,
    invoke: async ({ process }) => {
      // Then the loop has its turns again: lag is measured by looks that come late, not by looks that never come.
      if (process === 0 && ++stalls <= 4) block(60);
      return { type: 'ok' };
    },
  };
  const { timing } = await perform({
    generator: clients(delay(0.02, limit(30, repeat({ f: 'r' })))),
    concurrency: 2,
    rng: rngOf(1),
    clock: startClock(),
    journal: {
      append: () => undefined,
      flush: async () => undefined,
      close: async () => undefined,
    },
    openClient: async () => client,
    invokeNemesis: async () => ({ type: 'info' }),
  });
  expect(timing.invocations).toBe(30);
  expect(timing.lateInvocations).toBeGreaterThan(0);
  expect(timing.lateMaxMs).toBeGreaterThan(20);
  expect(timing.lagMaxMs).toBeGreaterThan(20);
  expect(timing.strays).toBe(0);
});

test('distortion is said in a sentence, with the figures', () => {
  const calm: RunTiming = {
    invocations: 1000,
    lagMaxMs: 40,
    lagP99Ms: 2,
    lateInvocations: 10,
    lateMaxMs: 30,
    lateAfterMs: 10,
    strays: 0,
  };
  expect(distortionOf(calm)).toBeUndefined();
  expect(distortionOf({ ...calm, lagP99Ms: 30.4 })).toContain('more than 30 ms late');
  expect(distortionOf({ ...calm, lagMaxMs: 900 })).toContain('the longest stall took 900 ms');
  expect(distortionOf({ ...calm, lateInvocations: 11 })).toMatch(
    /11 of 1000 invocations began more than 10 ms late, one 30 ms\. .*never invents one$/,
  );
});

test('what clients throw outside of their operations ends nothing, and is counted', async () => {
  const fixture = join(import.meta.dirname, '../fixtures/stray-client.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [fixture]);
  const { types, strays, counted } = JSON.parse(stdout) as Record<string, unknown>;
  expect(types).toEqual(['invoke', 'info', 'invoke', 'info']);
  expect(strays).toEqual(
    ['in a timer', 'in the abort listener', 'rejected and forgotten'].flatMap((s) => [s, s]),
  );
  expect(counted).toBe(6);
  // A chain of errors, each caused by telling of the one before, comes to an end.
  const looped = await promisify(execFile)(process.execPath, [fixture, 'loop']);
  expect(JSON.parse(looped.stdout)).toMatchObject({ types });
  expect(JSON.parse(looped.stdout).counted).toBeLessThan(40);
});
