// Files that are there whole or not at all: written aside, fsynced, renamed into place.
import { open, rename, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeError } from './disk-error.ts';

let tally = 0;
/** A name beside `path` that no other writer uses. */
const aside = (path: string): string => `${path}.${process.pid}-${tally++}.tmp`;

/** Makes renames and removals in a folder last. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const putAside = async (path: string, text: string): Promise<void> => {
  const handle = await open(path, 'wx', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Replaces a file; readers see the old text or the new, also after a power failure. Throws infrastructure errors. */
export const writeAtomically = async (path: string, text: string): Promise<void> => {
  const temporary = aside(path);
  try {
    await putAside(temporary, text);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(path, cause);
  }
};

/** Points a symbolic link somewhere else without a moment in which it is missing. Throws infrastructure errors. */
export const linkAtomically = async (path: string, target: string): Promise<void> => {
  const temporary = aside(path);
  try {
    await symlink(target, temporary);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(path, cause);
  }
};
