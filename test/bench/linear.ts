// Linearizability: Porcupine's own histories, and registers of growing size, right and wrong.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Random, rngOf } from '../../src/base/random.ts';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import type { Model } from '../../src/checker/linear/model.ts';
import { models } from '../../src/checker/linear/models.ts';
import type { Op } from '../../src/history/op.ts';
import { type SimulateOptions, simulate } from '../checker/register-world.ts';

type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: string;
};

const file = join(import.meta.dirname, '../../../shared/conformance/linear/porcupine.jsonl.gz');
const megabyte = 1024 * 1024;

const cpuMs = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** The least of several runs: the others waited for somebody else. */
const best = (times: number, work: () => void): number =>
  Math.min(...Array.from({ length: times }, () => cpuMs(work)));

const porcupine = (): Figure[] => {
  if (!existsSync(file)) return [];
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  const cases = lines.map(
    (line) => JSON.parse(line) as { id: string; model: string; history: Op[] },
  );
  const run = (model: string, make: () => Model) => () => {
    for (const one of cases)
      if (one.model === model) checkLinearizable(one.history, { model: make() });
  };
  const etcd = cases.filter(({ model }) => model === 'cas-register').length;
  return [
    {
      name: `linear: etcd histories of Porcupine's suite, ${etcd} of 102, CPU`,
      value: best(
        5,
        run('cas-register', () => models.casRegister(null)),
      ),
      unit: 'ms',
      goal: '≤ 107 ms for all 102 (Porcupine: 320 to 365 ms)',
    },
    {
      name: "linear: key-value histories of Porcupine's suite, 3 bad ones, CPU",
      value: best(
        3,
        run('kv', () => models.keyValue() as Model),
      ),
      unit: 'ms',
    },
  ];
};

type Shape = Omit<SimulateOptions, 'random'> & { readonly name: string; readonly goal?: string };

const shapes: readonly Shape[] = [
  { name: '100k unique values, concurrency 5', operations: 100_000, threads: 5, lost: 0 },
  {
    name: '100k unique values, concurrency 50, 5 % lost',
    operations: 100_000,
    threads: 50,
    lost: 0.05,
  },
  {
    name: '1M unique values, concurrency 20, 1 % lost',
    operations: 1_000_000,
    threads: 20,
    lost: 0.01,
    goal: '< 500 ms',
  },
  { name: '1k of 5 values with cas, concurrency 20', operations: 1_000, threads: 20, values: 5 },
  { name: '10k of 5 values with cas, concurrency 20', operations: 10_000, threads: 20, values: 5 },
];

const simulated = ({ name, goal, ...options }: Shape): Figure[] => {
  const history = simulate({ ...options, random: new Random(rngOf(7)) });
  const model = models.casRegister(null);
  const before = process.memoryUsage.rss();
  let valid: unknown;
  const value = best(options.operations > 500_000 ? 1 : 3, () => {
    ({ valid } = checkLinearizable(history, { model }));
  });
  const memory = Math.max(0, process.memoryUsage.rss() - before) / megabyte;
  return [
    {
      name: `linear: ${name}, ${String(valid)}, CPU`,
      value,
      unit: 'ms',
      ...(goal === undefined ? {} : { goal }),
    },
    { name: `linear: ${name}, memory over the loaded history`, value: memory, unit: 'MiB' },
  ];
};

/** The last read returns the first value: every prefix but the last operation is fine. */
const stale = (operations: number): Figure => {
  const history = simulate({ operations, threads: 20, lost: 0, random: new Random(rngOf(9)) });
  const first = history.find(({ f, type }) => f === 'write' && type === 'ok');
  const last = history.findLastIndex(({ f, type }) => f === 'read' && type === 'ok');
  history[last] = { ...(history[last] as Op), value: first?.value };
  let valid: unknown;
  const value = cpuMs(() => {
    ({ valid } = checkLinearizable(history, { model: models.casRegister(null) }));
  });
  return {
    name: `linear: ${operations} unique values, stale last read, ${String(valid)}, CPU`,
    value,
    unit: 'ms',
  };
};

/** A few seconds on two cores. */
export const figures = async (): Promise<readonly Figure[]> => [
  ...porcupine(),
  ...shapes.flatMap(simulated),
  stale(100_000),
];
