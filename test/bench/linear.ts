// Linearizability: Porcupine's own histories; registers, queues and sets of growing size, right and wrong.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Random, rngOf } from '../../src/base/random.ts';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import type { Model } from '../../src/checker/linear/model.ts';
import { models } from '../../src/checker/linear/models.ts';
import { ColumnWriter } from '../../src/history/column-writer.ts';
import { History } from '../../src/history/history.ts';
import type { Op } from '../../src/history/op.ts';
import { type ContainerKind, simulateContainer } from '../checker/container-world.ts';
import { type SimulateOptions, simulateInto } from '../checker/register-world.ts';
import type { Figure } from './main.ts';

const file = join(import.meta.dirname, '../../../shared/conformance/linear/porcupine.jsonl.gz');
const gigabyte = 1024 ** 3;

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
  type Case = { id: string; model: string; history: Op[] };
  const cases = lines.map((line) => JSON.parse(line) as Case);
  const run = (model: string, make: () => Model) => {
    const mine = cases.filter((one) => one.model === model);
    const value = best(5, () => {
      for (const one of mine) checkLinearizable(one.history, { model: make() });
    });
    return { count: mine.length, value };
  };
  const etcd = run('cas-register', () => models.casRegister(null));
  const keyed = run('kv', () => models.keyValue() as Model);
  return [
    {
      name: `linear: Porcupine's etcd suite, ${etcd.count} of 102 histories, CPU`,
      value: etcd.value,
      unit: 'ms',
      goal: '≤ 107 ms for all 102 (Porcupine: 320 to 365 ms)',
    },
    {
      name: `linear: Porcupine's key-value files, ${keyed.count}, CPU`,
      value: keyed.value,
      unit: 'ms',
    },
  ];
};

/** One history, made and judged in a process of its own, so that its memory can be told. */
export type Row = {
  readonly name: string;
  readonly kind: 'register' | ContainerKind;
  readonly operations: number;
  readonly threads: number;
  readonly lost?: number;
  readonly values?: number;
  readonly keys?: number;
  readonly isStale?: boolean;
  readonly goal?: string;
};
type Measured = {
  readonly valid: unknown;
  readonly engine: string;
  readonly ms: number;
  readonly mib: number;
};

const sizes = [
  ['10k', 10_000],
  ['100k', 100_000],
  ['1M', 1_000_000],
] as const;

const rows: readonly Row[] = [
  ...sizes.flatMap(([name, operations]) =>
    [5, 20, 50].map(
      (threads): Row => ({
        name: `${name} unique, concurrency ${threads}`,
        kind: 'register',
        operations,
        threads,
        lost: 0,
        ...(operations === 1_000_000 ? { goal: '< 500' } : {}),
      }),
    ),
  ),
  ...sizes.slice(1).map(
    ([name, operations]): Row => ({
      name: `${name} unique, concurrency 20, stale read`,
      kind: 'register',
      operations,
      threads: 20,
      lost: 0,
      isStale: true,
    }),
  ),
  ...[0.01, 0.05].map(
    (lost): Row => ({
      name: `1M unique, concurrency 20, ${lost * 100} % lost`,
      kind: 'register',
      operations: 1_000_000,
      threads: 20,
      lost,
      goal: '< 500',
    }),
  ),
  {
    name: '10M unique, concurrency 20',
    kind: 'register',
    operations: 10_000_000,
    threads: 20,
    lost: 0,
  },
  ...[5, 20].flatMap((threads) =>
    [1_000, 10_000].map(
      (operations): Row => ({
        name: `${operations / 1000}k of 5 values with cas, concurrency ${threads}`,
        kind: 'register',
        operations,
        threads,
        values: 5,
      }),
    ),
  ),
  {
    name: '1k of 5 values with cas, concurrency 50',
    kind: 'register',
    operations: 1_000,
    threads: 50,
    values: 5,
  },
  {
    name: '100k of 5 values with cas, concurrency 5',
    kind: 'register',
    operations: 100_000,
    threads: 5,
    values: 5,
  },
  {
    name: '1k of 5 values with cas, concurrency 20, impossible read',
    kind: 'register',
    operations: 1_000,
    threads: 20,
    values: 5,
    isStale: true,
  },
  {
    name: '1,000 keys × 1,000 operations',
    kind: 'register',
    operations: 1_000,
    threads: 20,
    keys: 1_000,
  },
  ...(['fifoQueue', 'set', 'stack', 'priorityQueue'] as const).map(
    (kind): Row => ({
      name: `1M, ${kind}, concurrency 20`,
      kind,
      operations: 1_000_000,
      threads: 20,
    }),
  ),
];

/** Which record is spoiled, and how: the last read returns the first value written, or one that never was. */
const spoilerOf = (row: Row, options: Omit<SimulateOptions, 'random'>): ((op: Op) => Op) => {
  if (row.isStale !== true) return (op) => op;
  let first: unknown;
  let last = -1;
  const take = (op: Op): void => {
    if (op.type !== 'ok') return;
    if (op.f === 'write') first ??= op.value;
    if (op.f === 'read') last = op.index;
  };
  simulateInto({ ...options, random: new Random(rngOf(7)), take });
  const value = row.values === undefined ? first : 'never written';
  return (op) => (op.index === last ? { ...op, value } : op);
};

const historyOf = (row: Row): History => {
  const { kind, operations, threads, lost = 0.02, values = 0, keys = 0 } = row;
  const random = new Random(rngOf(7));
  const writer = new ColumnWriter();
  if (kind !== 'register') {
    simulateContainer({ kind, operations, threads, random, take: (op) => writer.push(op) });
    return History.of(writer.finish());
  }
  const options = { operations, threads, lost, values };
  for (let key = 0; key < keys; key++) {
    const take = (op: Op): void =>
      writer.push({ ...op, index: writer.length, key, process: Number(op.process) + key * 10_000 });
    simulateInto({ ...options, random, take });
  }
  const spoil = spoilerOf(row, options);
  if (keys === 0) simulateInto({ ...options, random, take: (op) => writer.push(spoil(op)) });
  return History.of(writer.finish());
};

/** Run in a process of its own: the second run counts, the first one warms up unless it is large. */
export const measure = (row: Row): Measured => {
  const history = historyOf(row);
  const model = (row.kind === 'register' ? models.casRegister(null) : models[row.kind]()) as Model;
  let verdict = { valid: 'unknown' as unknown, engine: '' };
  const run = (): void => {
    verdict = checkLinearizable(history, { model });
  };
  const ms = best(row.operations * (row.keys ?? 1) > 2_000_000 ? 1 : 3, run);
  const mib = process.resourceUsage().maxRSS / 1024;
  return { valid: verdict.valid, engine: verdict.engine, ms, mib };
};

const largestBytes = 6 * gigabyte;

const figuresOf = (row: Row): Figure[] => {
  if (row.operations > 1_000_000 && freemem() < largestBytes) return [];
  const url = JSON.stringify(import.meta.url);
  const code = `import { measure } from ${url}; console.log(JSON.stringify(measure(${JSON.stringify(row)})));`;
  const args = ['--input-type=module', '-e', code];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(`${row.name}: ${stderr}`);
  const { valid, engine, ms, mib } = JSON.parse(stdout) as Measured;
  const name = `linear: ${row.name}: ${String(valid)} (${engine})`;
  const isLarge = row.operations === 1_000_000 && row.goal !== undefined;
  return [
    {
      name: `${name}, CPU`,
      value: ms,
      unit: 'ms',
      ...(row.goal === undefined ? {} : { goal: row.goal }),
    },
    {
      name: `${name}, peak memory`,
      value: mib,
      unit: 'MiB',
      ...(isLarge ? { goal: '< 500' } : {}),
    },
  ];
};

/** About two minutes on two cores; the ten million only where there is memory for them. */
export const figures = async (): Promise<readonly Figure[]> => [
  ...porcupine(),
  ...rows.flatMap(figuresOf),
];
