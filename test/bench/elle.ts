// Benchmarks of elle-js-bridge: time, transactions a second and peak memory, each in a process of its own.
// ELLE_BENCH_LARGE=1 adds histories of a million transactions without isolation, and of ten million.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BigOptions } from '../elle/big-histories.ts';
import type { Figure } from './main.ts';

type Case = BigOptions & {
  /** One cycle through all transactions instead. */
  readonly ring?: boolean;
  readonly name?: string;
  readonly check?: object;
  /** Seconds, warm. */
  readonly goal?: string;
};

const keys = { linearizableKeys: true };
const cases: readonly Case[] = [
  { workload: 'list-append', txns: 10_000, concurrency: 20, goal: '< 0.021' },
  { workload: 'list-append', txns: 100_000, concurrency: 20, goal: '< 0.16' },
  { workload: 'list-append', txns: 100_000, concurrency: 100, goal: '< 0.16' },
  { workload: 'list-append', txns: 1_000_000, concurrency: 20, goal: '< 1.8' },
  { workload: 'list-append', txns: 10_000, concurrency: 20, isolation: 'none', goal: '< 0.2' },
  { workload: 'list-append', txns: 10_000, concurrency: 100, isolation: 'none', goal: '< 0.2' },
  { workload: 'list-append', txns: 100_000, concurrency: 20, isolation: 'none', goal: '< 8' },
  { workload: 'rw-register', txns: 10_000, concurrency: 20, goal: '< 0.016' },
  { workload: 'rw-register', txns: 100_000, concurrency: 20, goal: '< 0.11' },
  {
    workload: 'rw-register',
    txns: 10_000,
    concurrency: 20,
    check: keys,
    name: 'linearizable keys',
    goal: '< 0.2',
  },
  {
    workload: 'rw-register',
    txns: 100_000,
    concurrency: 20,
    check: { sequentialKeys: true },
    name: 'sequential keys',
    goal: '< 5.6',
  },
  {
    workload: 'rw-register',
    txns: 10_000,
    concurrency: 20,
    isolation: 'none',
    check: keys,
    name: 'linearizable keys',
    goal: '< 0.2',
  },
  { workload: 'rw-register', txns: 30_000, concurrency: 30_000, ring: true, goal: '< 3' },
];
const large: readonly Case[] = [
  { workload: 'list-append', txns: 1_000_000, concurrency: 100 },
  { workload: 'list-append', txns: 1_000_000, concurrency: 20, isolation: 'none' },
  { workload: 'rw-register', txns: 1_000_000, concurrency: 20, goal: '< 1.2' },
  { workload: 'list-append', txns: 10_000_000, concurrency: 20, name: 'short lists' },
];

const run = promisify(execFile);
const script = join(import.meta.dirname, '../elle/bench-run.ts');

type Measured = { readonly wall: number; readonly cpu: number; readonly peakMiB: number };

const measure = async (one: Case): Promise<Measured> => {
  const rounds = one.txns >= 1_000_000 ? 2 : 6;
  const argv = [one, one.check ?? {}, rounds].map((part) => JSON.stringify(part));
  const { stdout } = await run(process.execPath, ['--max-old-space-size=8192', script, ...argv]);
  return JSON.parse(stdout) as Measured;
};

const nameOf = ({ workload, txns, concurrency, isolation, ring, name }: Case): string =>
  [
    workload,
    `${txns / 1000}k`,
    `c${concurrency}`,
    ring ? 'one ring' : isolation === 'none' ? 'no isolation' : 'valid',
    name,
  ]
    .filter((part) => part !== undefined)
    .join(' ');

/** Measured figures; about half a minute. */
export const figures = async (): Promise<readonly Figure[]> => {
  const found: Figure[] = [];
  for (const one of process.env['ELLE_BENCH_LARGE'] ? [...cases, ...large] : cases) {
    const { wall, cpu, peakMiB } = await measure(one);
    const name = nameOf(one);
    found.push({ name, value: wall, unit: 's', ...(one.goal ? { goal: one.goal } : {}) });
    found.push({ name: `${name}: processor`, value: cpu, unit: 's' });
    found.push({ name: `${name}: rate`, value: one.txns / wall, unit: 'txn/s' });
    const isMillion = one.txns === 1_000_000 && one.workload === 'list-append';
    found.push({
      name: `${name}: peak`,
      value: peakMiB,
      unit: 'MiB',
      ...(isMillion ? { goal: '< 1536' } : {}),
    });
  }
  return found;
};
