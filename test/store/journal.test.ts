// The journal: order, delays, kill -9, full disks.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { lint } from '../../src/history/lint.ts';
import { LineAppender } from '../../src/store/appender.ts';
import { openJournal } from '../../src/store/journal.ts';
import { readHistory } from '../../src/store/reading.ts';
import { createRun, runAt } from '../../src/store/run-folder.ts';
import { scratch, someOps } from './scratch.ts';

const fixture = (name: string): string => join(import.meta.dirname, '../fixtures', name);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('what was appended is read back in order, whatever the rhythm of flushes', async () => {
  const run = await createRun({ root: scratch(), name: 'order', seed: 7 });
  const journal = openJournal(run);
  const ops = someOps(5000);
  for (const op of ops) {
    journal.append(op);
    if (op.index % 1300 === 0) await journal.flush();
    if (op.index % 700 === 0) void journal.flush();
  }
  await journal.close();
  await journal.close();
  expect(await readHistory(run)).toEqual(ops);
  expect(lint(ops)).toEqual([]);
});

test('without any flush an operation is in the file soon after', async () => {
  const run = await createRun({ root: scratch(), name: 'soon', seed: 7 });
  const journal = openJournal(run);
  journal.append(someOps(1)[0]!);
  expect(readFileSync(run.historyFile, 'utf8')).toBe(''); // buffered: not one write per operation
  for (let waited = 0; waited < 200 && readFileSync(run.historyFile, 'utf8') === ''; waited++)
    await sleep(50);
  expect(await readHistory(run)).toHaveLength(1);
  await journal.close();
});

test('a value that is not plain data is refused with its operation, and the journal goes on', async () => {
  const run = await createRun({ root: scratch(), name: 'plain', seed: 7 });
  const journal = openJournal(run);
  const [first, second] = someOps(2) as [never, never];
  journal.append(first);
  expect(() => journal.append({ ...(second as object), value: new Map() } as never)).toThrow(
    'operation 1 (write, process 0, ok): a Map cannot be written as JSON',
  );
  journal.append(second);
  await journal.close();
  expect(await readHistory(run)).toHaveLength(2);
});

test.each(['busy', 'polite', 'slow'])(
  'kill -9 of a %s writer loses at most the last 100 ms',
  async (mode) => {
    const writer = spawn(process.execPath, [fixture('journal-writer.ts'), scratch(), mode], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    writer.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.split('\n').length > 60) writer.kill('SIGKILL');
    });
    await once(writer, 'close');
    const [folder = '', ...acknowledged] = said.split('\n').slice(0, -1);
    const marks = acknowledged.map((line) => line.split(' ').map(Number) as [number, number]);
    const [, diedAfter] = marks.at(-1)!;
    const safe = marks.filter(([, time]) => time <= diedAfter - 100e6);
    expect(safe.length).toBeGreaterThan(5);
    const ops = await readHistory(runAt(folder));
    expect(ops.length).toBeGreaterThan(safe.at(-1)![0]);
    expect(ops.every((op, i) => op.index === i && op.value === i)).toBe(true);
  },
);

test('a full disk is one clear infrastructure error, and what was written before is readable', async () => {
  const limit = 1_000_000;
  const { stdout } = await promisify(execFile)('prlimit', [
    `--fsize=${limit}`,
    process.execPath,
    fixture('journal-filler.ts'),
    scratch(),
  ]);
  const told = JSON.parse(stdout) as { folder: string; message: string; index: number };
  expect(told).toMatchObject({ code: 'disk-full', exitCode: 4, same: true });
  expect(told.message).toBe(
    `cannot write ${told.folder}/history.jsonl: the file would exceed the allowed size (EFBIG)`,
  );
  const run = runAt(told.folder);
  expect(readFileSync(run.historyFile)).toHaveLength(limit); // the last line is torn
  const ops = await readHistory(run);
  expect(ops.length).toBeGreaterThan(10_000);
  expect(ops.every((op, i) => op.index === i)).toBe(true);
});

test('no space left: the error surfaces at the next call, and closing after it was told is quiet', async () => {
  const run = await createRun({ root: scratch(), name: 'full', seed: 7 });
  symlinkSync('/dev/full', run.historyFile);
  const journal = openJournal(run);
  journal.append(someOps(1)[0]!);
  await expect(journal.flush()).rejects.toThrow(
    /history.jsonl: no space left on the device \(ENOSPC\)/,
  );
  expect(() => journal.append(someOps(1)[0]!)).toThrow(/ENOSPC/);
  await journal.close();

  const untold = openJournal(run);
  untold.append(someOps(1)[0]!);
  await expect(untold.close()).rejects.toMatchObject({ code: 'disk-full', exitCode: 4 });
});

test('a folder that is gone is a clear error at once', async () => {
  const run = await createRun({ root: scratch(), name: 'gone', seed: 7 });
  rmSync(run.folder, { recursive: true });
  expect(() => openJournal(run)).toThrow(/cannot write .*history.jsonl: no such folder \(ENOENT\)/);
});

test('using a closed appender is a mistake that says so', async () => {
  const lines = new LineAppender(join(scratch(), 'lines'));
  await lines.close();
  expect(() => lines.append('x\n')).toThrow(/is used after it was closed/);
});
