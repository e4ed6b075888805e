// Benchmarks of the journal, and of reading and pairing a history of a million operations.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { History } from '../../src/history/history.ts';
import { lint } from '../../src/history/lint.ts';
import type { Op } from '../../src/history/op.ts';
import { openJournal } from '../../src/store/journal.ts';
import { readHistory } from '../../src/store/reading.ts';
import { createRun, type Run } from '../../src/store/run-folder.ts';
import type { Figure } from './main.ts';

const count = 1_000_000;
/** Operations between two turns of the event loop, about what an interpreter does. */
const burst = 200;

const makeOps = (): Op[] => {
  const fs = ['read', 'write', 'cas'];
  return Array.from({ length: count }, (_, index) => {
    const i = index >> 1;
    const f = fs[i % 3] as string;
    const value = f === 'cas' ? [i, i + 1] : f === 'write' ? i : null;
    const type =
      index % 2 === 0 ? ('invoke' as const) : i % 11 === 0 ? ('fail' as const) : ('ok' as const);
    return {
      index,
      time: 1_000_000_000 + index * 3333,
      process: i % 100,
      type,
      f,
      value,
      key: i % 1000,
    };
  });
};

type Written = { readonly seconds: number; readonly stallMs: number };

const writeAll = async (run: Run, ops: readonly Op[]): Promise<Written> => {
  const journal = openJournal(run);
  let stallMs = 0;
  const began = performance.now();
  for (let i = 0; i < ops.length; i++) {
    const before = performance.now();
    journal.append(ops[i] as Op);
    stallMs = Math.max(stallMs, performance.now() - before);
    if (i % burst === 0) await new Promise(setImmediate);
  }
  await journal.close();
  return { seconds: (performance.now() - began) / 1000, stallMs };
};

/** Seconds that the work took, and what it returned. */
const timed = async <T>(
  work: () => T | Promise<T>,
): Promise<readonly [seconds: number, result: T]> => {
  const began = performance.now();
  const result = await work();
  return [(performance.now() - began) / 1000, result];
};

/** Measured figures; about six seconds on two cores. */
export const figures = async (): Promise<readonly Figure[]> => {
  const root = await mkdtemp(join(tmpdir(), 'ordeal-bench-'));
  try {
    const run = await createRun({ root, name: 'bench', seed: 1 });
    const written = await writeAll(run, makeOps());
    const { size } = await stat(run.historyFile);
    const [reading, ops] = await timed(() => readHistory(run));
    const [pairing, history] = await timed(() => History.from(ops));
    const [linting] = await timed(() => lint(ops));
    const [grouping] = await timed(() => history.byKey());
    const rate = (seconds: number): number => count / seconds;
    return [
      { name: 'journal appends', value: rate(written.seconds), unit: 'op/s', goal: '> 300000' },
      { name: 'journal, longest append', value: written.stallMs, unit: 'ms', goal: '< 50' },
      { name: 'journal size', value: size / count, unit: 'bytes/op' },
      {
        name: 'reading and pairing',
        value: rate(reading + pairing),
        unit: 'op/s',
        goal: '> 1000000',
      },
      { name: 'pairing', value: rate(pairing), unit: 'op/s' },
      { name: 'linting', value: rate(linting), unit: 'op/s' },
      { name: 'grouping by key', value: rate(grouping), unit: 'op/s' },
      {
        name: 'resident with a million operations read',
        value: process.memoryUsage.rss() / 2 ** 20,
        unit: 'MiB',
      },
    ];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};
