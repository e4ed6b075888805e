// What version this is: of the package, and of the checkout it runs from.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const packageRoot = resolve(import.meta.dirname, '../..');

/** The package's version, e.g. `0.1.0`. */
export const versionText = (): string => {
  const file = [packageRoot, resolve(packageRoot, '..')]
    .map((folder) => join(folder, 'package.json'))
    .find(existsSync);
  return file === undefined
    ? 'unknown'
    : String((JSON.parse(readFileSync(file, 'utf8')) as { version: unknown }).version);
};

/** The git commit this runs from, `-dirty` appended when files differ; undefined for an installed package. */
export const commitText = (): string | undefined => {
  if (!existsSync(join(packageRoot, '.git'))) return undefined;
  const git = (args: readonly string[]): string =>
    execFileSync('git', ['-C', packageRoot, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const dirty = git(['status', '--porcelain', '--untracked-files=no']) === '' ? '' : '-dirty';
    return `${git(['rev-parse', '--short=12', 'HEAD'])}${dirty}`;
  } catch {
    return undefined; // no git program, or an empty repository: the record then simply has no commit
  }
};
