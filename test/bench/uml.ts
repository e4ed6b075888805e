// Nodes with kernels of their own: time to five usable ones, their memory with etcd under load, and etcd's operations.
import { mkdtemp, readFile, rm, statfs } from 'node:fs/promises';
import { layoutOf } from '../../src/cluster/embedded/layout.ts';
import { missingPackages } from '../../src/cluster/packages.ts';
import { kernelOf } from '../../src/cluster/uml/power.ts';
import { umlProvider } from '../../src/cluster/uml/provider.ts';
import { operationsPerSecond, serve } from './etcd.ts';
import type { Figure } from './main.ts';

/** Bytes of the file that is the node's memory, and what its kernel process has besides. */
const memoryOf = async (pid: number): Promise<number> => {
  const { blocks, bfree, bsize } = await statfs(`/proc/${pid}/root/dev/shm`);
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1');
  const own = [...rollup.matchAll(/^Pss_(?:Anon|File): +(\d+) kB/gm)].map(([, kB]) => Number(kB));
  return (blocks - bfree) * bsize + own.reduce((a, b) => a + b, 0) * 1024;
};

/** Needs root, User-mode Linux and etcd; no figures without them. */
export const figures = async (): Promise<readonly Figure[]> => {
  const missing = await missingPackages(['cluster', 'uml', 'etcd']);
  if (process.getuid?.() !== 0 || missing.length > 0) return [];
  const stateFolder = await mkdtemp('/var/tmp/ordeal-bench-uml-');
  const provider = umlProvider({ stateFolder });
  try {
    const begun = performance.now();
    const cluster = await provider.up({ name: 'bench', nodeCount: 5 });
    await Promise.all(cluster.nodes.map(({ remote }) => remote.exec(['true'])));
    const took = (performance.now() - begun) / 1_000;
    const operations = await operationsPerSecond(await serve(cluster));
    const layout = layoutOf(stateFolder, 'bench');
    const pids = await Promise.all(cluster.nodes.map(({ name }) => kernelOf(layout, name)));
    const memories = await Promise.all(pids.map((pid) => memoryOf(pid ?? 0)));
    const downAt = performance.now();
    await cluster.down();
    return [
      {
        name: 'five nodes with kernels of their own, usable',
        value: took,
        unit: 's',
        goal: '< 25',
      },
      {
        name: 'memory of a node with etcd after load, largest',
        value: Math.max(...memories) / 1e6,
        unit: 'MB',
        goal: '< 130',
      },
      { name: 'etcd-register on them', value: operations, unit: 'operations/s' },
      { name: 'time to remove them', value: (performance.now() - downAt) / 1_000, unit: 's' },
    ];
  } finally {
    await provider.downAll();
    await rm(stateFolder, { recursive: true });
  }
};
