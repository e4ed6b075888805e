// Disks of nodes with kernels of their own: one image is made with all that nodes share, and copied sparsely for each.
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { infrastructureError, messageOf } from '../../base/errors.ts';

/** What a node's disk can hold; the machine's disk has only what was written. */
const diskBytes = 4 * 2 ** 30;

const run = async (file: string, args: readonly string[]): Promise<void> => {
  try {
    await execa(file, args, { stdin: 'ignore' });
  } catch (cause) {
    throw infrastructureError(`cannot make the disks of the nodes: ${messageOf(cause)}`, {
      code: 'disk-failed',
      hint: 'Is there room where clusters are kept (ORDEAL_STATE)?',
      cause,
    });
  }
};

export type Disks = {
  /** Folder whose content is the template's. It is removed. */
  readonly seed: string;
  readonly template: string;
  /** Paths of the images to be. */
  readonly images: readonly string[];
};

/** ext4 made from a folder, then a copy for each node: by reference where the file system can, else without the holes. */
export const makeDisks = async ({ seed, template, images }: Disks): Promise<void> => {
  await writeFile(template, '', { mode: 0o600 });
  await truncate(template, diskBytes);
  await run('mke2fs', ['-q', '-F', '-t', 'ext4', '-E', 'lazy_itable_init=1', '-d', seed, template]);
  await Promise.all(
    images.map(async (image) => {
      await mkdir(join(image, '..'), { mode: 0o700 });
      await run('cp', ['--sparse=always', '--reflink=auto', '--', template, image]);
    }),
  );
  await rm(seed, { recursive: true });
};
