// Disks that are slow or refuse: what is said to be on the disk is, and nothing half done is left behind.
import { fdatasync, fstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { LineAppender } from '../../src/store/appender.ts';
import { linkAtomically, writeAtomically } from '../../src/store/atomic.ts';
import { scratch } from './scratch.ts';

const syncData = promisify(fdatasync);

/** A disk whose every sync waits for `release`, and which notes how many bytes the file had when a sync began. */
const slowDisk = () => {
  const sizes: number[] = [];
  const waiting: (() => void)[] = [];
  return {
    sizes,
    sync: async (fd: number): Promise<void> => {
      sizes.push(fstatSync(fd).size);
      await new Promise<void>((resolve) => waiting.push(resolve));
      await syncData(fd); // fails when the file was closed meanwhile
    },
    release: (): void => waiting.shift()?.(),
  };
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each(['flush', 'close'] as const)(
  '%s waits for the sync that runs, and then for one that began after the last line',
  async (ending) => {
    const disk = slowDisk();
    const lines = new LineAppender(join(scratch(), 'lines'), disk.sync);
    lines.append('first\n');
    const before = lines.flush();
    await turn();
    lines.append('second\n'); // while the first sync runs
    let isDone = false;
    const ended = lines[ending]().then(() => {
      isDone = true;
    });
    await turn();
    expect([disk.sizes, isDone]).toEqual([[6], false]);
    disk.release();
    await before;
    for (let i = 0; i < 20 && disk.sizes.length < 2; i++) await turn();
    expect([disk.sizes, isDone]).toEqual([[6, 13], false]);
    disk.release();
    await ended;
    await lines.close();
  },
);

test('a file that cannot be put into place leaves no other behind', async () => {
  const folder = scratch();
  const taken = join(folder, 'taken');
  mkdirSync(taken);
  writeFileSync(join(taken, 'file'), '');
  await expect(writeAtomically(taken, 'text')).rejects.toMatchObject({ exitCode: 4 });
  await expect(linkAtomically(taken, 'elsewhere')).rejects.toMatchObject({ exitCode: 4 });
  expect(readdirSync(folder)).toEqual(['taken']);
});
