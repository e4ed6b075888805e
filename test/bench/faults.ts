// How fast faults strike and heal: a five-node partition over SSH, from the decision to the last node's rule.
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import type { Cluster } from '../../src/contract/cluster.ts';
import type { LedgerEntry } from '../../src/contract/faults.ts';
import { Agent } from '../../src/faults/agent.ts';
import { partitionMechanism } from '../../src/faults/firewall.ts';
import { completeGrudge } from '../../src/faults/grudge.ts';
import { openFaults } from '../../src/faults/injector.ts';
import { partitionOf } from '../../src/faults/partition-fault.ts';
import type { Figure } from './main.ts';

const rounds = 9;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const worst = (values: readonly number[]): number => Math.max(...values);

type Measured = { readonly strike: number[]; readonly heal: number[]; readonly open: number };

const measure = async (cluster: Cluster, ledger: string): Promise<Measured> => {
  const run = 'bench';
  const file = await open(ledger, 'a');
  const strike: number[] = [];
  const openedAt = performance.now();
  const faults = await openFaults({
    run,
    nodes: cluster.nodes,
    cluster: { kind: cluster.kind, name: cluster.name },
    mechanisms: [partitionMechanism({ run, controllerAddresses: cluster.controllerAddresses })],
    appendLedger: async (entry: LedgerEntry) => {
      await file.write(`${JSON.stringify(entry)}\n`);
      await file.sync();
      if (entry.type === 'injected') strike.push(entry.tookMs);
    },
    now: () => Math.round(performance.now() * 1e6),
  });
  const opened = performance.now() - openedAt;
  const names = cluster.nodes.map((node) => node.name);
  const fault = partitionOf(completeGrudge([names.slice(0, 2), names.slice(2)]));
  const heal: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { id } = await faults.inject(fault);
    const agents = cluster.nodes.map((node) => new Agent({ node, run }));
    const healAt = performance.now();
    await Promise.all(agents.map((agent) => agent.heal(id)));
    heal.push(performance.now() - healAt);
    await faults.heal(id);
  }
  await faults.close();
  await file.close();
  return { strike, heal, open: opened };
};

export const figures = async (): Promise<readonly Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'ordeal-bench-'));
  const name = `bench-faults-${process.pid}`;
  const cluster = await netnsProvider().up({ name, nodeCount: 5 });
  try {
    const { strike, heal, open: opened } = await measure(cluster, join(folder, 'faults.jsonl'));
    const ms = (label: string, value: number, goal?: string): Figure => ({
      name: label,
      value,
      unit: 'ms',
      ...(goal === undefined ? {} : { goal }),
    });
    return [
      ms('five-node partition, decision to last rule, median', median(strike), '< 150'),
      ms('five-node partition, decision to last rule, worst', worst(strike)),
      ms('five-node partition, heal to last rule gone, median', median(heal), '< 150'),
      ms('fault control opened on five nodes', opened),
    ];
  } finally {
    await cluster.down();
    rmSync(folder, { recursive: true, force: true });
  }
};
