// Speed of the interpreter with a no-op client and the real journal, and of generators alone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rngOf } from '../../src/base/random.ts';
import type { Client } from '../../src/contract/client.ts';
import type { GenLike } from '../../src/generator/generator.ts';
import {
  any,
  clients,
  eachThread,
  limit,
  mix,
  nemesis,
  repeat,
  reserve,
  stagger,
  timeLimit,
} from '../../src/generator/index.ts';
import type { Completion } from '../../src/history/op.ts';
import { type RunState, startRun, step } from '../../src/runner/interpreter.ts';
import { perform, startClock } from '../../src/runner/perform.ts';
import { openJournal } from '../../src/store/journal.ts';
import { createRun } from '../../src/store/run-folder.ts';
import { imperfect, runVirtually } from '../../src/testing.ts';

type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: string;
};

const runSeconds = 2;

/** The generator of Jepsen's own performance test: three reserved ranges, a nemesis mix, a time limit. */
const jepsenLoad = (concurrency: number, seconds: number): GenLike => {
  const part = Math.max(1, Math.floor(concurrency / 4));
  const ranges = reserve(
    [
      [part, repeat({ f: 'write', value: 1 })],
      [part, repeat({ f: 'cas', value: [1, 2] })],
    ],
    repeat({ f: 'read' }),
  );
  const faults = stagger(0.1, mix([repeat({ f: 'start' }), repeat({ f: 'stop' })]));
  return timeLimit(seconds, any(clients(ranges), nemesis(faults)));
};

/** As in Jepsen's test: 6 of 10 operations are ok, 3 fail, 1 crashes. */
const completions: readonly Completion[] = 'oofofioofo'
  .split('')
  .map((letter) => ({ type: letter === 'o' ? 'ok' : letter === 'f' ? 'fail' : 'info' }));

const noOp = (): Client => {
  const client: Client = {
    open: async () => client,
    invoke: async (op) => completions[op.index % 10] as Completion,
  };
  return client;
};

const interpreted = async (concurrency: number, folder: string): Promise<number> => {
  const run = await createRun({ root: folder, name: `bench-${concurrency}`, seed: 1 });
  const journal = openJournal(run);
  const client = noOp();
  const began = performance.now();
  const { entries } = await perform({
    generator: jepsenLoad(concurrency, runSeconds),
    concurrency,
    rng: rngOf(1),
    clock: startClock(),
    journal,
    openClient: async () => client,
    invokeNemesis: async () => ({ type: 'info' }),
  });
  await journal.close();
  return (entries / 2 / (performance.now() - began)) * 1000;
};

/** Ask, update with the invocation, update with the completion: the generator's whole share of an operation. */
const generated = (generator: GenLike, concurrency: number, operations: number): number => {
  const state: RunState = startRun({ generator, concurrency, rng: rngOf(1) });
  const began = performance.now();
  let count = 0;
  let time = 0;
  while (count < operations) {
    const effects = step(state, { kind: 'tick', time });
    for (const effect of effects) {
      if (effect.kind === 'wake') time = effect.at;
      if (effect.kind !== 'dispatch') continue;
      count++;
      const completion: Completion = { type: 'ok' };
      step(state, { kind: 'completed', time: time + 1, thread: effect.thread, completion });
    }
  }
  return (operations / (performance.now() - began)) * 1000;
};

/** An hour of a usual load under virtual time, 5 operations a second. */
const anHour = (): number => {
  const load = mix([repeat({ f: 'read' }), ({ random }) => ({ f: 'write', value: random.int(9) })]);
  const generator = clients(timeLimit(3600, stagger(0.2, load)));
  const began = performance.now();
  runVirtually({ generator, concurrency: 5, seed: 1, model: imperfect });
  return performance.now() - began;
};

let next = 0;
const realistic = (): GenLike =>
  timeLimit(
    1e6,
    any(
      clients(
        stagger(
          0.0001,
          reserve(
            [[5, repeat({ f: 'read' })]],
            mix([() => ({ f: 'write', value: next++ }), repeat({ f: 'cas', value: [1, 2] })]),
          ),
        ),
      ),
      nemesis(stagger(10, mix([repeat({ f: 'start' }), repeat({ f: 'stop' })]))),
    ),
  );

const best = (measure: () => number): number => Math.max(measure(), measure(), measure());

export const figures = async (): Promise<readonly Figure[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'ordeal-bench-'));
  const found: Figure[] = [];
  try {
    for (const [workers, goal] of [
      [10, 97_800],
      [100, 125_000],
      [1024, 92_600],
    ] as const) {
      const value = await interpreted(workers, folder);
      const name = `interpreter, no-op client, journal on, ${workers} workers`;
      found.push({ name, value, unit: 'op/s', goal: `≥ ${goal}` });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  found.push({
    name: 'generator, realistic stack, 10 threads',
    value: best(() => generated(realistic(), 10, 200_000)),
    unit: 'op/s',
    goal: '≥ 400000',
  });
  found.push({
    name: 'generator, eachThread, 1000 threads',
    value: best(() =>
      generated(clients(eachThread(limit(1e9, repeat({ f: 'read' })))), 1000, 100_000),
    ),
    unit: 'op/s',
    goal: '≥ 200000',
  });
  found.push({
    name: 'an hour of virtual time, 5 op/s',
    value: Math.min(anHour(), anHour(), anHour()),
    unit: 'ms',
  });
  return found;
};
