// Partitions on real nodes over SSH: control stays open, dead controllers, dead sshds, two runs, healing by hand.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import type { Cluster } from '../../src/contract/cluster.ts';
import type { LedgerEntry } from '../../src/contract/faults.ts';
import type { Node } from '../../src/contract/node.ts';
import { partitionMechanism } from '../../src/faults/firewall.ts';
import { completeGrudge, isolate } from '../../src/faults/grudge.ts';
import { healFromLedger, healNodes } from '../../src/faults/heal.ts';
import { type FaultsOptions, openFaults } from '../../src/faults/injector.ts';
import { partitionOf } from '../../src/faults/partition-fault.ts';

let cluster: Cluster;
const name = `faults-${process.pid}`;
beforeAll(async () => {
  cluster = await netnsProvider().up({ name, nodeCount: 3 });
});
afterAll(() => netnsProvider().down(name));

const names = ['n1', 'n2', 'n3'];
const everybodyAlone = partitionOf(isolate(names, names));
const openRun = async (run: string, options: Partial<FaultsOptions> = {}) => {
  const entries: LedgerEntry[] = [];
  const faults = await openFaults({
    run,
    nodes: cluster.nodes,
    cluster: { kind: cluster.kind, name },
    mechanisms: [partitionMechanism({ run, controllerAddresses: cluster.controllerAddresses })],
    appendLedger: (entry) => {
      entries.push(entry);
      return Promise.resolve();
    },
    now: () => Math.round(performance.now() * 1e6),
    ...options,
  });
  return { faults, entries };
};

const exec = async (node: Node, ...argv: string[]): Promise<string> =>
  (await node.remote.exec(argv, { check: false })).stdout.trim();
/** What of ours is on the nodes, by node. */
const leftovers = () =>
  Promise.all(
    cluster.nodes.map(
      async (node) =>
        (await exec(node, 'nft', 'list', 'tables')) + (await exec(node, 'ls', '/run/ordeal')),
    ),
  );
const nothing = ['', '', ''];
/** Whether each node's ping to each other's first address is answered. */
const pingable = async (): Promise<boolean[]> =>
  Promise.all(
    cluster.nodes.flatMap((from) =>
      cluster.nodes
        .filter((to) => to !== from)
        .map(async (to) => {
          const argv = ['ping', '-n', '-c', '1', '-W', '1', to.address];
          return (await from.remote.exec(argv, { check: false })).exitCode === 0;
        }),
    ),
  );

test('everybody cut off from everybody: the controller still reaches every node, old and new sessions alike', async () => {
  const { faults } = await openRun('total');
  const { proof } = await faults.inject(everybodyAlone);
  expect(proof.holds).toBe(true);
  expect(proof.says).toMatch(/^6 of 6 cut pairs silent, 0 of 0 others answer/);
  expect(await pingable()).toEqual(Array(6).fill(false));
  const again = await netnsProvider().attach(name);
  for (const node of again.nodes) expect(await exec(node, 'hostname')).toBe(node.name);
  await again.close();
  expect((await faults.healAll()).holds).toBe(true);
  expect(await pingable()).toEqual(Array(6).fill(true));
  await faults.close();
  expect(await leftovers()).toEqual(nothing);
});

test('kill -9 of the controller in the middle of a partition: all nodes heal themselves within 20 seconds', async () => {
  const script = join(import.meta.dirname, 'ssh-controller.ts');
  const controller = spawn(process.execPath, [script, name, 'doomed'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(controller.stdout, 'data');
  expect(JSON.parse(String(line))).toMatchObject({ holds: true });
  // Longer than the lease: only renewals keep the partition up until now.
  await sleep(17_000);
  expect(await pingable()).toEqual(Array(6).fill(false));
  controller.kill('SIGKILL');
  const killedAt = performance.now();
  await once(controller, 'exit');
  let answers = await pingable();
  while (answers.includes(false) && performance.now() - killedAt < 20_000)
    answers = await pingable();
  expect(answers).toEqual(Array(6).fill(true));
  expect(await leftovers()).toEqual(nothing);
});

test('a second run on the same cluster is refused and told who has it', async () => {
  const { faults } = await openRun('first', { owner: 'run first of anna' });
  await expect(openRun('second')).rejects.toMatchObject({
    code: 'node-held',
    exitCode: 4,
    message: 'n1 is held by run first of anna',
  });
  await faults.close();
  expect(await leftovers()).toEqual(nothing);
});

test('what a dead run left is healed from its ledger, or by sweeping; a live run is left alone', async () => {
  const { faults, entries } = await openRun('dead');
  const { id } = await faults.inject(everybodyAlone);
  expect((await healNodes(cluster.nodes)).live).toEqual({
    n1: ['dead'],
    n2: ['dead'],
    n3: ['dead'],
  });
  expect(await pingable()).toEqual(Array(6).fill(false));
  const summary = await healFromLedger(entries, cluster);
  expect(summary).toMatchObject({
    unsettled: [id],
    undoneOn: { n1: [id], n2: [id], n3: [id] },
    proof: { holds: true },
    entries: [{ type: 'healed', id, by: 'command' }],
  });
  expect(await leftovers()).toEqual(nothing);
  await faults.close();
  const { faults: more } = await openRun('swept');
  await more.inject(everybodyAlone);
  const swept = await healNodes(cluster.nodes, { force: true });
  expect(swept.removed).toEqual({ n1: ['run swept'], n2: ['run swept'], n3: ['run swept'] });
  expect(await leftovers()).toEqual(nothing);
  await more.close();
});

test('a node whose sshd dies mid-partition heals by its lease, and the others prove it', async () => {
  const { faults, entries } = await openRun('no-sshd', { leaseSeconds: 6 });
  await faults.inject(partitionOf(completeGrudge([['n1'], ['n2', 'n3']])));
  const n1 = cluster.nodes[0]!;
  // Inside the node's own process space: its listener and our session. What ran the kill dies of it, too.
  await n1.remote
    .exec(['sh', '-c', 'kill -9 $(pgrep -x sshd)'], { timeoutMs: 5000, check: false })
    .catch(() => undefined);
  await faults.close();
  expect(entries.at(-1)).toMatchObject({ type: 'healed', by: 'lease', proof: { holds: true } });
});
