// Time to a usable cluster of five nodes, and commands a second to one node over SSH.
import { mkdtemp, rm } from 'node:fs/promises';
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import type { Cluster } from '../../src/contract/cluster.ts';
import type { Remote } from '../../src/contract/remote.ts';

const seconds = (since: number): number => (performance.now() - since) / 1_000;

/** Seconds from nothing until a command has run on each of five nodes. */
const timeUp = async (
  stateFolder: string,
): Promise<{ readonly cluster: Cluster; readonly took: number }> => {
  const start = performance.now();
  const cluster = await netnsProvider({ stateFolder }).up({ name: 'bench', nodeCount: 5 });
  await Promise.all(cluster.nodes.map(({ remote }) => remote.exec(['true'])));
  return { cluster, took: seconds(start) };
};

/** Commands a second over one session, so many at once. */
const rate = async (remote: Remote, atOnce: number, count: number): Promise<number> => {
  const start = performance.now();
  const each = Array.from({ length: atOnce }, async () => {
    for (let i = 0; i < count / atOnce; i++) await remote.exec(['true']);
  });
  await Promise.all(each);
  return count / seconds(start);
};

const commandCount = 200;

export const figures = async (): Promise<
  readonly { name: string; value: number; unit: string; goal?: string }[]
> => {
  // Clusters need root; without it there is nothing to measure.
  if (process.getuid?.() !== 0) return [];
  const stateFolder = await mkdtemp('/var/tmp/ordeal-bench-');
  const { cluster, took } = await timeUp(stateFolder);
  try {
    const remote = cluster.nodes[0]?.remote;
    if (remote === undefined) throw new Error('a cluster without nodes');
    const one = await rate(remote, 1, commandCount);
    const eight = await rate(remote, 8, commandCount);
    const start = performance.now();
    await cluster.down();
    return [
      { name: 'time to a usable five-node cluster', value: took, unit: 's', goal: '< 5' },
      { name: 'time to remove it', value: seconds(start), unit: 's' },
      { name: 'SSH commands to one node, one at a time', value: one, unit: '/s' },
      { name: 'SSH command, one at a time', value: 1_000 / one, unit: 'ms' },
      { name: 'SSH commands to one node, eight at a time', value: eight, unit: '/s' },
    ];
  } finally {
    await cluster.down();
    await rm(stateFolder, { recursive: true });
  }
};
