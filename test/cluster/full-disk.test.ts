// A results folder on real file systems that refuse: one that is full, one that is read-only. Needs root to mount.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../../src/store/journal.ts';
import { readHistory } from '../../src/store/reading.ts';
import { createRun, runAt } from '../../src/store/run-folder.ts';

/** A tmpfs of one mebibyte, gone after the test. */
const tinyDisk = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ordeal-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });
  return folder;
};

test('a full disk ends the journal with one clear error, and what was written before is readable', async () => {
  const disk = tinyDisk();
  const filler = join(import.meta.dirname, '../fixtures/journal-filler.ts');
  const told = JSON.parse(execFileSync(process.execPath, [filler, disk], { encoding: 'utf8' })) as {
    folder: string;
  };
  expect(told).toMatchObject({
    message: `cannot write ${told.folder}/history.jsonl: no space left on the device (ENOSPC)`,
    code: 'disk-full',
    exitCode: 4,
    same: true,
  });
  const ops = await readHistory(runAt(told.folder));
  expect(ops.length).toBeGreaterThan(5000);
  expect(ops.every((op, i) => op.index === i)).toBe(true);
  expect(readFileSync(join(told.folder, 'history.jsonl')).length).toBeGreaterThan(900_000);
});

test('a read-only results folder is one clear error, for a new run and for one under way', async () => {
  const disk = tinyDisk();
  const run = await createRun({ root: join(disk, 'results'), name: 'register', seed: 1 });
  mkdirSync(join(disk, 'empty'));
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  expect(() => openJournal(run)).toThrow(/the file system is read-only \(EROFS\)/);
  await expect(
    createRun({ root: join(disk, 'empty'), name: 'register', seed: 1 }),
  ).rejects.toMatchObject({
    message: `cannot write ${disk}/empty/register: the file system is read-only (EROFS)`,
    code: 'results-not-writable',
    exitCode: 4,
  });
});
