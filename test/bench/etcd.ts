// Figures of the etcd system: a five-node cluster from nothing to serving, and what its register clients get done.
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import type { Cluster } from '../../src/contract/cluster.ts';
import type { Node } from '../../src/contract/node.ts';
import type { SystemContext } from '../../src/contract/system.ts';
import { system } from '../../src/systems/etcd.ts';
import { noEtcd } from '../systems/real-etcd.ts';
import type { Figure } from './main.ts';

const clientsPerNode = 2;
const measuredMs = 3_000;

/** Needs root and etcd; no figures without them. */
export const figures = async (): Promise<readonly Figure[]> => {
  if (process.getuid?.() !== 0 || noEtcd !== undefined) return [];
  const provider = netnsProvider();
  const name = `bench-etcd-${process.pid}`;
  const begun = performance.now();
  try {
    const cluster = await provider.up({ name, nodeCount: 5 });
    const booted = performance.now();
    const context = await serve(cluster);
    const served = performance.now();
    const operations = await operationsPerSecond(context);
    await cluster.close();
    return [
      {
        name: 'etcd-usable',
        value: served - begun,
        unit: 'ms',
        goal: '< 5000',
      },
      { name: 'etcd-start', value: served - booted, unit: 'ms' },
      { name: 'etcd-register', value: operations, unit: 'operations/s' },
    ];
  } finally {
    await provider.down(name);
  }
};

export const serve = async (cluster: Cluster): Promise<SystemContext> => {
  const { nodes } = cluster;
  const signal = new AbortController().signal;
  const context = { nodes, options: {}, log: () => undefined, signal };
  const steps = [system.install, system.start, system.ready];
  for (const step of steps) await Promise.all(nodes.map((node) => step?.(node, context)));
  return context;
};

export const operationsPerSecond = async (context: SystemContext): Promise<number> => {
  const end = performance.now() + measuredMs;
  const counts = await Promise.all(
    context.nodes.flatMap((node) =>
      Array.from({ length: clientsPerNode }, (_, i) =>
        work({ node, reads: i === 0, context, end }),
      ),
    ),
  );
  return (counts.reduce((a, b) => a + b, 0) / measuredMs) * 1_000;
};

type Work = {
  readonly node: Node;
  readonly reads: boolean;
  readonly context: SystemContext;
  readonly end: number;
};

const work = async ({ node, reads, context, end }: Work): Promise<number> => {
  const client = await system.clients.register?.(context).open(node);
  const { signal } = context;
  const [f, value] = reads ? ['read', null] : ['write', 1];
  let done = 0;
  while (client !== undefined && performance.now() < end) {
    const op = { index: done, time: 0, process: 0, type: 'invoke', key: 1, f, value } as const;
    const { type } = await client.invoke({ ...op, f: String(f) }, signal);
    if (type === 'ok') done++;
  }
  await client?.close?.();
  return done;
};
