// The run folder: `results/<test name>/<UTC time>-<seed>/`, its files, and the `latest` links.
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { usageError } from '../base/errors.ts';
import { linkAtomically } from './atomic.ts';
import { errnoOf, writeError } from './disk-error.ts';

/** A run's folder and where everything in it lies; all paths are absolute. */
export type Run = {
  readonly name: string;
  /** `<UTC time>-<seed>`: unique among the runs of its test, sorted by time. */
  readonly id: string;
  readonly folder: string;
  readonly testFile: string;
  readonly historyFile: string;
  readonly faultsFile: string;
  readonly verdictFile: string;
  readonly logFile: string;
  readonly reportFile: string;
  readonly junitFile: string;
};

/** A run by its folder; nothing is read. */
export const runAt = (folder: string): Run => {
  const path = resolve(folder);
  return {
    name: basename(resolve(path, '..')),
    id: basename(path),
    folder: path,
    testFile: join(path, 'test.json'),
    historyFile: join(path, 'history.jsonl'),
    faultsFile: join(path, 'faults.jsonl'),
    verdictFile: join(path, 'verdict.json'),
    logFile: join(path, 'log.jsonl'),
    reportFile: join(path, 'report.html'),
    junitFile: join(path, 'junit.xml'),
  };
};

/** Compact ISO 8601 in UTC with milliseconds: no colon (archives, Windows), sorts by time. */
const stampOf = (date: Date): string => date.toISOString().replaceAll(/[-:]/g, '');

const safeName = /^[A-Za-z0-9][A-Za-z0-9._+=,@-]{0,99}$/;
const checkName = (name: string): void => {
  if (safeName.test(name) && name !== 'latest') return;
  throw usageError(
    `"${name}" cannot name a test`,
    'Use letters, digits and . _ + = , @ - (at most 100, not "latest").',
  );
};

/** Makes a folder and its parents. Node's own recursive `mkdir` never returns where `mkdir` says ENOENT for ever (/proc). */
const makeParents = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === 'EEXIST') return;
    if (errno !== 'ENOENT' || dirname(folder) === folder) throw cause;
    await makeParents(dirname(folder));
    await mkdir(folder).catch((again) => {
      if (errnoOf(again) !== 'EEXIST') throw again;
    });
  }
};

/** Two runs of one millisecond and seed get -2, -3 …; more than this means something else is wrong. */
const collisionsMax = 1000;

const makeFolder = async (parent: string, id: string): Promise<string> => {
  for (let n = 1; n <= collisionsMax; n++) {
    const folder = join(parent, n === 1 ? id : `${id}-${n}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (cause) {
      if (errnoOf(cause) !== 'EEXIST') throw cause;
    }
  }
  throw new Error(`${collisionsMax} runs with the same time and seed`);
};

export type CreateRunOptions = {
  /** The results folder; made when missing. */
  readonly root: string;
  readonly name: string;
  readonly seed: number;
  /** Names the folder; now unless told. */
  readonly startedAt?: Date;
};

/**
 * Makes the folder of a new run and points `latest` at it, for the test and for all.
 * Throws an `OrdealError`: usage for a bad name, infrastructure when the results folder cannot be written.
 */
export const createRun = async (options: CreateRunOptions): Promise<Run> => {
  const { name, seed, startedAt = new Date() } = options;
  checkName(name);
  const root = resolve(options.root);
  const parent = join(root, name);
  const folder = await makeParents(parent)
    .then(() => makeFolder(parent, `${stampOf(startedAt)}-${seed}`))
    .catch((cause) => {
      throw writeError(parent, cause);
    });
  const id = basename(folder);
  await linkAtomically(join(parent, 'latest'), id);
  await linkAtomically(join(root, 'latest'), join(name, id));
  return runAt(folder);
};

/** The folder for a node's logs and captures, `nodes/<node>/`, made when missing. */
export const nodeFolder = async (run: Run, node: string): Promise<string> => {
  checkName(node);
  const folder = join(run.folder, 'nodes', node);
  await makeParents(folder).catch((cause) => {
    throw writeError(folder, cause);
  });
  return folder;
};
