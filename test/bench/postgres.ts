// Figures of the postgres system: from nothing to serving, transactions at each isolation level; and of their generator.
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import type { Cluster } from '../../src/contract/cluster.ts';
import type { Node } from '../../src/contract/node.ts';
import type { SystemContext } from '../../src/contract/system.ts';
import type { Gen } from '../../src/generator/generator.ts';
import { transactions } from '../../src/generator/transactions.ts';
import { isolations } from '../../src/systems/postgres/transactions.ts';
import { system } from '../../src/systems/postgres.ts';
import { Bench } from '../generator/pool.ts';
import type { Figure } from './main.ts';

const clientCount = 10;
const measuredMs = 1_500;
const generated = 100_000;

/** Values of the first so many transactions of one seed. */
const generate = (count: number): unknown[] => {
  const { context } = new Bench(null);
  let gen: Gen = transactions({ write: 'append' });
  return Array.from({ length: count }, () => {
    const step = gen.op(context);
    if (step.kind !== 'op') throw new Error('nothing to do');
    gen = step.next;
    return step.op.value;
  });
};

const contextOf = (nodes: readonly Node[], isolation: string): SystemContext => ({
  nodes,
  options: { isolation },
  log: () => undefined,
  signal: new AbortController().signal,
});

/** Transactions that succeed in a second, of clients that do not wait. */
const rate = async (cluster: Cluster, isolation: string): Promise<number> => {
  const context = contextOf(cluster.nodes, isolation);
  const [node] = cluster.nodes;
  const prototype = system.clients['list-append']?.(context);
  if (node === undefined || prototype === undefined) throw new Error('nobody to ask');
  const clients = await Promise.all(
    Array.from({ length: clientCount }, () => prototype.open(node)),
  );
  await clients[0]?.setup?.();
  const values = generate(50_000);
  const end = performance.now() + measuredMs;
  let [next, ok] = [0, 0];
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) {
        const value = values[next++ % values.length];
        const op = { index: 0, time: 0, process: 0, type: 'invoke', f: 'txn', value } as const;
        if ((await client.invoke(op, context.signal)).type === 'ok') ok++;
      }
      await client.close?.();
    }),
  );
  return (ok / measuredMs) * 1_000;
};

const servedIn = async (cluster: Cluster): Promise<number> => {
  const context = contextOf(cluster.nodes, 'serializable');
  const begun = performance.now();
  for (const node of cluster.nodes) {
    await system.install?.(node, context);
    await system.start(node, context);
    await system.ready?.(node, context);
  }
  return performance.now() - begun;
};

/** Those of the server need root. */
export const figures = async (): Promise<readonly Figure[]> => {
  const begun = performance.now();
  generate(generated);
  const seconds = (performance.now() - begun) / 1_000;
  const own = [
    { name: 'transactions-generated', value: generated / seconds, unit: 'transactions/s' },
  ];
  if (process.getuid?.() !== 0) return own;
  const provider = netnsProvider();
  const name = `bench-pg-${process.pid}`;
  try {
    const cluster = await provider.up({ name, nodeCount: 1 });
    const found: Figure[] = [
      ...own,
      { name: 'postgres-start', value: await servedIn(cluster), unit: 'ms' },
    ];
    for (const isolation of isolations)
      found.push({
        name: `postgres-${isolation}`,
        value: await rate(cluster, isolation),
        unit: 'transactions/s',
      });
    await cluster.close();
    return found;
  } finally {
    await provider.down(name);
  }
};
