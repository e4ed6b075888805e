// Closing a history: the same operations in fewer bytes, and readable whenever the process dies.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { stringifyOp } from '../../src/history/codec.ts';
import type { Op } from '../../src/history/op.ts';
import {
  type ClosingStep,
  closeHistory,
  closeLargeHistory,
  plainBytesMax,
} from '../../src/store/closing.ts';
import { closedFileOf } from '../../src/store/files.ts';
import { openJournal } from '../../src/store/journal.ts';
import { hasHistory, openRun, readHistory } from '../../src/store/reading.ts';
import { createRun, type Run } from '../../src/store/run-folder.ts';
import { scratch, someOps } from './scratch.ts';

const fixture = join(import.meta.dirname, '../fixtures/history-closer.ts');
const steps: readonly ClosingStep[] = ['written', 'synced', 'verified', 'renamed', 'removed'];

/** A run with a journal of operations of every kind. */
const runWith = async (ops: readonly Op[]): Promise<Run> => {
  const run = await createRun({ root: scratch(), name: 'close', seed: 7 });
  const journal = openJournal(run);
  for (const op of ops) journal.append(op);
  await journal.close();
  return run;
};
const textOf = (ops: readonly Op[]): string => ops.map((op) => `${stringifyOp(op)}\n`).join('');

const odd: readonly Partial<Op>[] = [
  { value: 2n ** 70n },
  { value: { a: ['ü\n', -0, 1e300] } },
  { key: 'x', error: ['timeout', 'no answer within 5000 ms'] },
  { key: 1.5, error: ['x', { code: 0.5 }], node: 'n1' } as Partial<Op>,
  { process: 'nemesis', type: 'info', f: 'cut "it"' },
  { process: 2 ** 40, index: 50 },
  { time: -(2 ** 53 - 1), index: 51 },
  { time: 2 ** 53 - 1, index: 52, error: ['x'] },
  { index: 53 },
];
const oddOps = someOps(odd.length).map((op, i) => ({ ...op, ...odd[i] })) as Op[];

test('a closed history holds the same operations in at most twelve bytes each, and the plain file is gone', async () => {
  const ops = someOps(30_000);
  const run = await runWith(ops);
  const closed = await closeHistory(run);
  expect(closed).toMatchObject({ path: closedFileOf(run), operations: 30_000 });
  expect(closed!.bytes / closed!.operations).toBeLessThan(12);
  expect(readdirSync(run.folder)).toEqual(['history.rows.zst']);
  expect(textOf(await readHistory(run))).toBe(textOf(ops));
  expect(hasHistory(await openRun(run.folder))).toBe(true);
  expect(await closeHistory(run)).toBeUndefined();
});

test('every kind of operation comes back as it was, across blocks too', async () => {
  const ops = [
    ...oddOps,
    ...someOps(12_000).map((op) => ({ ...op, index: op.index + 54, time: op.time + 5 })),
  ];
  const run = await runWith(ops);
  await closeHistory(run);
  expect(textOf(await readHistory(run))).toBe(textOf(ops));
});

test('an empty history, and one whose last line was torn', async () => {
  const empty = await runWith([]);
  await closeHistory(empty);
  expect(await readHistory(empty)).toEqual([]);
  const torn = await runWith(someOps(3));
  appendFileSync(torn.historyFile, '{"index":3,"ti');
  await closeHistory(torn);
  expect(await readHistory(torn)).toHaveLength(3);
});

test.each(steps)(
  'killed after "%s", a run is readable, and is closed the next time',
  async (step) => {
    const ops = someOps(2000);
    const run = await runWith(ops);
    const { signal } = spawnSync(process.execPath, [fixture, run.folder, step]);
    expect(signal).toBe('SIGKILL');
    expect(textOf(await readHistory(run))).toBe(textOf(ops));
    expect(existsSync(run.historyFile)).toBe(step !== 'removed');
    expect(existsSync(closedFileOf(run))).toBe(['renamed', 'removed'].includes(step));
    await closeHistory(run);
    expect(readdirSync(run.folder)).toEqual(['history.rows.zst']);
    expect(textOf(await readHistory(run))).toBe(textOf(ops));
  },
);

test('a history that is malformed in the middle is left as it was', async () => {
  const run = await runWith(someOps(10));
  const text = readFileSync(run.historyFile, 'utf8').replace('"index":5,', '"index":-5,');
  writeFileSync(run.historyFile, text);
  await expect(closeHistory(run)).rejects.toMatchObject({
    exitCode: 254,
    message: expect.stringMatching(/jsonl:6: expected index/),
  });
  expect(readdirSync(run.folder)).toEqual(['history.jsonl']);
  expect(readFileSync(run.historyFile, 'utf8')).toBe(text);
});

test('a full disk leaves the plain file and nothing else', async () => {
  const ops = Array.from({ length: 20_000 }, (_, i) => ({
    ...someOps(1)[0]!,
    index: i,
    value: `${Math.sin(i)}${Math.cos(i)}`,
  }));
  const run = await runWith(ops);
  const { stderr } = spawnSync('prlimit', [
    '--fsize=100000',
    process.execPath,
    fixture,
    run.folder,
  ]);
  expect(stderr.toString()).toMatch(
    /cannot write .*history.rows.zst: the file would exceed the allowed size \(EFBIG\)/,
  );
  expect(readdirSync(run.folder)).toEqual(['history.jsonl']);
  expect(await readHistory(run)).toHaveLength(20_000);
});

test('a damaged closed file is refused, never read in part or with other values', async () => {
  const run = await runWith(someOps(2000));
  const { path, bytes } = (await closeHistory(run))!;
  const whole = readFileSync(path);
  truncateSync(path, bytes - 100);
  await expect(readHistory(run)).rejects.toMatchObject({
    exitCode: 254,
    message: expect.stringMatching(/cannot read .*rows\.zst/),
  });
  for (let at = 20; at < bytes; at += Math.ceil(bytes / 50)) {
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 4;
    writeFileSync(path, flipped);
    await expect(readHistory(run)).rejects.toMatchObject({ exitCode: 254 });
  }
});

test.each([
  ['{"format":"ordeal-history-rows","version":9}', /format version 9, this ordeal reads up to 1/],
  ['', /:1: not a closed history of ordeal/],
  ['[1,0,"ok","read",null]', /:1: not a closed history of ordeal/],
  [
    '{"format":"ordeal-history-rows","version":1}\n[1,0,"okay","read",null]',
    /:2: expected type to be invoke, ok/,
  ],
  ['{"format":"ordeal-history-rows","version":1}\n[1,0]', /:2: expected type/],
  ['{"format":"ordeal-history-rows","version":1}\n{}', /:2: expected a list/],
  ['{"format":"ordeal-history-rows","version":1}\n[1,0,"ok","read",nul]\n', /:2: not JSON/],
  [
    '{"format":"ordeal-history-rows","version":1}\n[1.5,0,"ok","read",1]\n',
    /:2: expected time to be whole/,
  ],
])('rows that say something else are refused with their line: %s', async (text, message) => {
  const run = await createRun({ root: scratch(), name: 'rows', seed: 7 });
  writeFileSync(closedFileOf(run), zstdCompressSync(text));
  await expect(readHistory(run)).rejects.toMatchObject({
    exitCode: 254,
    message: expect.stringMatching(message),
  });
});

test('rows are text that people can read', async () => {
  const run = await runWith(oddOps.slice(0, 3));
  await closeHistory(run);
  expect(zstdDecompressSync(readFileSync(closedFileOf(run))).toString()).toMatchSnapshot();
});

test('a history that people can read stays plain; one that fills disks is closed', async () => {
  const run = await runWith(someOps(3));
  expect(await closeLargeHistory(run)).toBeUndefined();
  expect(existsSync(run.historyFile)).toBe(true);
  const line = `{"index":0,"time":1,"process":0,"type":"invoke","f":"write","value":"${'x'.repeat(plainBytesMax)}"}\n`;
  writeFileSync(run.historyFile, line);
  expect(await closeLargeHistory(run)).toMatchObject({ operations: 1 });
  expect(existsSync(run.historyFile)).toBe(false);
  expect(await readHistory(run)).toHaveLength(1);
});
