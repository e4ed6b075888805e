// Benchmarks of the journal, of closed histories, and of reading and pairing large ones. ORDEAL_BENCH_LARGE=1: 10 million operations.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Random, rngOf } from '../../src/base/random.ts';
import { History } from '../../src/history/history.ts';
import { lint } from '../../src/history/lint.ts';
import type { Op } from '../../src/history/op.ts';
import { closeHistory } from '../../src/store/closing.ts';
import { openJournal } from '../../src/store/journal.ts';
import { readColumns } from '../../src/store/reading.ts';
import { createRun, type Run } from '../../src/store/run-folder.ts';
import { writeHistory } from '../../src/store/writing.ts';
import type { Figure } from './main.ts';

/** Lines of the journal: invocations and completions. */
const journalLines = 500_000;
/** Lines of the history that is read: an operation has two, an invocation and a completion. */
const readLines = process.env.ORDEAL_BENCH_LARGE === '1' ? 20_000_000 : 2_000_000;
/** Operations between two turns of the event loop, about what an interpreter does. */
const burst = 200;

type Open = { readonly f: string; readonly value: unknown; readonly key: number };
type Worker = { process: number; open: Open | undefined };

/** A register test of a hundred workers: drawn times, mixed order, failed comparisons, some operations in doubt. */
function* drawOps(lines: number): Generator<Op> {
  const random = new Random(rngOf(1));
  const workers = Array.from(
    { length: 100 },
    (_, process): Worker => ({ process, open: undefined }),
  );
  let time = 0;
  let last = 0;
  for (let index = 0; index < lines; index++) {
    time += random.int(40_000);
    const worker = workers[random.int(100)] as Worker;
    const { process, open } = worker;
    if (open === undefined) {
      const f = ['read', 'read', 'write', 'cas'][random.int(4)] as string;
      const value = f === 'read' ? null : f === 'write' ? ++last : [random.int(last + 1), ++last];
      worker.open = { f, value, key: Math.floor(index / 2000) };
      yield { index, time, process, type: 'invoke', ...worker.open };
      continue;
    }
    worker.open = undefined;
    const draw = random.int(1000);
    const type = draw === 0 ? 'info' : open.f === 'cas' && draw < 400 ? 'fail' : 'ok';
    const value = open.f === 'read' && type === 'ok' ? last - random.int(4) : open.value;
    const error = type === 'info' ? (['timeout'] as const) : (['not-equal'] as const);
    yield { index, time, process, type, ...open, value, ...(type === 'ok' ? {} : { error }) };
    if (type === 'info') worker.process += 100;
  }
}

type Written = { readonly seconds: number; readonly stallMs: number };

const writeJournal = async (run: Run, ops: readonly Op[]): Promise<Written> => {
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

const journalFigures = async (run: Run): Promise<readonly Figure[]> => {
  const written = await writeJournal(run, [...drawOps(journalLines)]);
  const { size } = await stat(run.historyFile);
  const [closing, closed] = await timed(() => closeHistory(run));
  const [opening, columns] = await timed(() => readColumns(run));
  const [pairing, history] = await timed(() => History.of(columns));
  const [linting] = await timed(() => lint(columns));
  const [grouping] = await timed(() => history.byKey());
  const rate = (seconds: number): number => journalLines / seconds;
  return [
    { name: 'journal appends', value: rate(written.seconds), unit: 'lines/s', goal: '> 300000' },
    { name: 'journal, longest append', value: written.stallMs, unit: 'ms', goal: '< 50' },
    { name: 'journal size', value: size / journalLines, unit: 'B/line' },
    {
      name: 'closed history, on disk',
      value: (closed?.bytes ?? Number.NaN) / journalLines,
      unit: 'B/line',
      goal: '≤ 12',
    },
    { name: 'closing', value: rate(closing), unit: 'lines/s' },
    { name: 'reading a closed history', value: rate(opening), unit: 'lines/s' },
    { name: 'pairing', value: rate(pairing), unit: 'lines/s' },
    { name: 'linting', value: rate(linting), unit: 'lines/s' },
    { name: 'grouping by key', value: rate(grouping), unit: 'lines/s' },
  ];
};

type Cost = { readonly lines: number; readonly seconds: number; readonly residentMiB: number };
const reader = join(import.meta.dirname, '../fixtures/history-reader.ts');

/** In a process of its own, whose memory holds nothing else. */
const readingFigures = async (folder: string): Promise<readonly Figure[]> => {
  const path = join(folder, 'large.jsonl');
  await writeHistory(path, drawOps(readLines));
  const { stdout } = await promisify(execFile)(process.execPath, [reader, path]);
  const { lines, seconds, residentMiB } = JSON.parse(stdout) as Cost;
  const operations = lines / 2;
  const gigabytes = (await stat(path)).size / 2 ** 30;
  return [
    {
      name: `reading and pairing ${operations / 1e6} million operations`,
      value: operations / seconds,
      unit: 'op/s',
      goal: '> 1000000',
    },
    { name: '  the same in lines', value: lines / seconds, unit: 'lines/s' },
    { name: '  resident at most', value: residentMiB, unit: 'MiB', goal: '< 1430' },
    { name: '  size of the file', value: gigabytes, unit: 'GiB' },
  ];
};

/** Measured figures; about ten seconds on two cores. */
export const figures = async (): Promise<readonly Figure[]> => {
  const root = await mkdtemp(join(tmpdir(), 'ordeal-bench-'));
  try {
    const run = await createRun({ root, name: 'bench', seed: 1 });
    return [...(await journalFigures(run)), ...(await readingFigures(root))];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};
