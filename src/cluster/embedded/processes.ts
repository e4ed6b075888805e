// Finds and kills the processes of a cluster by their tag; whatever runs inside a node dies with its process 1.
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { infrastructureError } from '../../base/errors.ts';
import { isTagOf, type Layout, tagOf } from './layout.ts';

const pollMs = 5;
const deathMs = 10_000;

/** Process numbers of those with an argument like this. Zombies have no arguments and do not count. */
const pidsWith = async (isWanted: (word: string) => boolean): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return words.split('\0').some(isWanted) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
};

/** Process numbers of launchers and of process 1 of nodes and bridge. */
export const clusterPids = (layout: Layout): Promise<readonly number[]> =>
  pidsWith((word) => isTagOf(layout, word));

/** The same of one part of the cluster: a node, or `switch`. */
export const partPids = (layout: Layout, part: string): Promise<readonly number[]> =>
  pidsWith((word) => word === tagOf(layout, part));

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
};

/** Resolves when no process of the cluster is left. */
export const killCluster = (layout: Layout): Promise<void> =>
  killAll(`cluster '${layout.name}'`, () => clusterPids(layout));

/** Resolves when no process of this part is left: for a node with its own kernel, a loss of power. */
export const killPart = (layout: Layout, part: string): Promise<void> =>
  killAll(`${part} of cluster '${layout.name}'`, () => partPids(layout, part));

/** A maker that is still at work is outrun: each look kills what is new. */
const killAll = async (about: string, look: () => Promise<readonly number[]>): Promise<void> => {
  const deadline = Date.now() + deathMs;
  for (;;) {
    const pids = await look();
    if (pids.length === 0) return;
    pids.forEach(kill);
    if (Date.now() > deadline)
      throw infrastructureError(`${about}: processes ${pids.join(', ')} do not die`, {
        code: 'cluster-undead',
        hint: 'They wait for a disk or a stopped file system; look at /proc/PID/stack.',
      });
    await sleep(pollMs);
  }
};
