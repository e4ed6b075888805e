// Finds and kills the processes of a cluster by their tag; whatever runs inside a node dies with its process 1.
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { infrastructureError } from '../../base/errors.ts';
import { isTagOf, type Layout } from './layout.ts';

const pollMs = 5;
const deathMs = 10_000;

/** Process numbers of launchers and of process 1 of nodes and bridge. Zombies have no arguments and do not count. */
export const clusterPids = async (layout: Layout): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return words.split('\0').some((word) => isTagOf(layout, word)) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
};

/** Resolves when no process of the cluster is left. A maker that is still at work is outrun: each look kills what is new. */
export const killCluster = async (layout: Layout): Promise<void> => {
  const deadline = Date.now() + deathMs;
  for (;;) {
    const pids = await clusterPids(layout);
    if (pids.length === 0) return;
    pids.forEach(kill);
    if (Date.now() > deadline)
      throw infrastructureError(
        `cluster '${layout.name}': processes ${pids.join(', ')} do not die`,
        {
          code: 'cluster-undead',
          hint: 'They wait for a disk or a stopped file system; look at /proc/PID/stack.',
        },
      );
    await sleep(pollMs);
  }
};
