// Nodes with kernels of their own, for real: clock, network, disk and power of one are no other's, and the machine is safe.
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import { missingPackages } from '../../src/cluster/packages.ts';
import { umlProvider } from '../../src/cluster/uml/provider.ts';
import type { Cluster } from '../../src/contract/cluster.ts';
import type { Node } from '../../src/contract/node.ts';
import { partitionMechanism } from '../../src/faults/firewall.ts';
import { isolate } from '../../src/faults/grudge.ts';
import { openFaults } from '../../src/faults/injector.ts';
import { partitionOf } from '../../src/faults/partition-fault.ts';
import { heldSubnets, processesOf, tracesOf } from './netns-traces.ts';

const lacking = await missingPackages(['cluster', 'uml']);
const isAble = process.getuid?.() === 0 && lacking.length === 0;
const because = isAble ? '' : ' (skipped: needs root and the package user-mode-linux)';

describe.skipIf(!isAble)(`nodes with kernels of their own${because}`, () => {
  let stateFolder: string;
  let cluster: Cluster;
  let subnets: readonly number[];
  const provider = () => umlProvider({ stateFolder });
  const node = (index: number): Node => cluster.nodes[index] as Node;
  beforeAll(async () => {
    stateFolder = await mkdtemp('/var/tmp/ordeal-uml-test-');
    cluster = await provider().up({ name: 'kernels', nodeCount: 3 });
    subnets = await heldSubnets(stateFolder);
  });
  afterAll(async () => {
    await cluster?.close();
    await provider().downAll();
    expect(await tracesOf(stateFolder, subnets)).toEqual([]);
    await rm(stateFolder, { recursive: true });
  });

  const say = async (on: Node, ...argv: readonly string[]): Promise<string> =>
    (await on.remote.exec(argv)).stdout.trim();
  const isOk = async (on: Node, ...argv: readonly string[]): Promise<boolean> =>
    (await on.remote.exec(argv, { check: false })).exitCode === 0;
  const power = (index: number, action: 'off' | 'on' | 'pause' | 'resume') =>
    provider().power('kernels', node(index).name, action);

  /** The session learns with its next command that the node it spoke with is gone; the one after connects anew. */
  const boot = async (index: number): Promise<void> => {
    await power(index, 'on');
    await node(index)
      .remote.exec(['true'], { timeoutMs: 10_000 })
      .catch(() => undefined);
  };

  test('run another kernel than this machine, each its own, with the memory asked for', async () => {
    const boots = new Set<string>();
    for (const each of cluster.nodes) {
      expect(await say(each, 'hostname')).toBe(each.name);
      expect(await say(each, 'uname', '-r')).not.toBe(release());
      const memory = /MemTotal: +(\d+) kB/.exec(await say(each, 'cat', '/proc/meminfo'))?.[1];
      expect(Number(memory)).toBeLessThan(256 * 1024);
      expect(Number(memory)).toBeGreaterThan(200 * 1024);
      boots.add(await say(each, 'cat', '/proc/sys/kernel/random/boot_id'));
    }
    expect(boots.size).toBe(3);
  });

  test('reach each other and the controller by name and by both addresses', async () => {
    const targets = [
      ...cluster.controllerAddresses,
      ...cluster.nodes.flatMap(({ name, addresses }) => [name, ...addresses]),
    ];
    for (const from of cluster.nodes) {
      const answers = await Promise.all(
        targets.map(async (to) => [to, await isOk(from, 'ping', '-c1', '-W5', to)]),
      );
      expect(answers).toEqual(targets.map((to) => [to, true]));
    }
    for (const address of node(0).addresses) await execa('ping', ['-c1', '-W5', address]);
    const shown = await say(node(0), 'ip', '-o', 'addr', 'show', 'dev', 'eth0');
    const found = shown.split('\n').map((line) => /inet6? ([^/]+)/.exec(line)?.[1]);
    expect(found.sort()).toEqual([...node(0).addresses].sort());
  });

  test('write nothing of the machine, not even with its files mounted anew', async () => {
    const mark = `ordeal-was-here-${process.pid}`;
    for (const folder of ['/etc', '/usr', '/root', '/var/tmp', '/tmp', '/run', '/dev/shm'])
      await node(0).remote.exec(['touch', join(folder, mark)]);
    await node(0).remote.exec(['mkdir', '/mnt/machine']);
    await node(0).remote.exec(['mount', '-t', 'hostfs', 'none', '/mnt/machine']);
    for (const folder of ['/etc', '/usr', '/root', '/var/tmp', '/tmp', '/run', '/dev/shm']) {
      const path = join('/mnt/machine', folder, mark);
      // What it has of its own there is its memory's file system, which is gone with it.
      if (folder !== '/dev/shm') expect(await isOk(node(0), 'touch', path), path).toBe(false);
      await expect(access(join(folder, mark))).rejects.toMatchObject({ code: 'ENOENT' });
    }
    await node(0).remote.exec(['umount', '/mnt/machine']);
    expect(await isOk(node(1), 'test', '-e', join('/etc', mark))).toBe(false);
  });

  test('have clocks of their own: setting one moves no other, nor the machine', async () => {
    const clocks = async (): Promise<readonly number[]> => [
      ...(await Promise.all(
        cluster.nodes.map(async (each) => Number(await say(each, 'date', '+%s'))),
      )),
      Math.round(Date.now() / 1000),
    ];
    const hour = 3600;
    const before = await clocks();
    await node(0).remote.exec(['date', '-s', `@${Number(before[0]) + hour}`]);
    const after = await clocks();
    const moved = after.map((time, index) => Math.round((time - Number(before[index])) / hour));
    expect(moved).toEqual([1, 0, 0, 0]);
    await node(0).remote.exec(['date', '-s', `@${Math.round(Date.now() / 1000)}`]);
  });

  /** Shortest round trip of several, in milliseconds: what the network takes when nothing else is in the way. */
  const shortest = async (from: number, to: number): Promise<number> => {
    const argv = ['ping', '-n', '-q', '-c', '10', '-i', '0.1', node(to).address];
    return Number(/= ([\d.]+)\//.exec(await say(node(from), ...argv))?.[1]);
  };

  test('have real netem: 20 ms between two nodes and no other pair', async () => {
    const tc = (...argv: string[]) => node(0).remote.exec(['tc', ...argv]);
    const pairs = [
      [0, 1],
      [1, 0],
      [0, 2],
      [1, 2],
    ] as const;
    const before = await Promise.all(pairs.map(([from, to]) => shortest(from, to)));
    await tc('qdisc', 'add', 'dev', 'eth0', 'root', 'handle', '1:', 'prio', 'bands', '4');
    await tc('qdisc', 'add', 'dev', 'eth0', 'parent', '1:4', 'netem', 'delay', '20ms');
    const match = ['match', 'ip', 'dst', `${node(1).address}/32`];
    await tc('filter', 'add', 'dev', 'eth0', 'parent', '1:', 'u32', ...match, 'flowid', '1:4');
    const slow = await Promise.all(pairs.map(([from, to]) => shortest(from, to)));
    await tc('qdisc', 'del', 'dev', 'eth0', 'root');
    const added = slow.map((time, index) => time - Number(before[index]));
    for (const [index, expected] of [20, 20, 0, 0].entries())
      expect(Math.abs(Number(added[index]) - expected), `pair ${pairs[index]}`).toBeLessThan(2);
  });

  test('can be partitioned, each from each, while the controller still reaches them', async () => {
    const names = cluster.nodes.map(({ name }) => name);
    const { controllerAddresses } = cluster;
    const faults = await openFaults({
      run: 'uml',
      nodes: cluster.nodes,
      cluster: { kind: cluster.kind, name: cluster.name },
      mechanisms: [partitionMechanism({ run: 'uml', controllerAddresses })],
      appendLedger: () => Promise.resolve(),
      now: () => Math.round(performance.now() * 1e6),
    });
    const { proof } = await faults.inject(partitionOf(isolate(names, names)));
    expect(proof).toMatchObject({ holds: true });
    for (const address of node(1).addresses)
      expect(await isOk(node(0), 'ping', '-c1', '-W1', address)).toBe(false);
    expect(await say(node(0), 'iptables-legacy', '-t', 'raw', '-S')).toContain('ORDEAL-');
    expect((await faults.healAll()).holds).toBe(true);
    await faults.close();
    expect(await say(node(0), 'iptables-legacy', '-t', 'raw', '-S')).not.toContain('ORDEAL-');
  });

  test('lose on power loss what was not synced, and nothing else', async () => {
    const script = [
      'echo before >/var/lib/synced',
      'sync /var/lib/synced',
      'echo after >/var/lib/unsynced',
    ].join(' && ');
    await node(2).remote.exec(['sh', '-c', script]);
    expect(await say(node(2), 'cat', '/var/lib/unsynced')).toBe('after');
    await power(2, 'off');
    expect(await isOk(node(0), 'ping', '-c1', '-W1', node(2).address)).toBe(false);
    await power(2, 'off');
    await boot(2);
    expect(await say(node(2), 'cat', '/var/lib/synced')).toBe('before');
    // Its name may have been written by chance (the journal commits every five seconds); its content was not.
    const unsynced = await node(2).remote.exec(['cat', '/var/lib/unsynced'], { check: false });
    expect(unsynced.stdout).toBe('');
    const log = await readFile(await provider().consoleLog('kernels', 'n3'), 'utf8');
    expect(log.match(/ordeal: ready/g)).toHaveLength(2);
    expect(log).toContain('recovery complete');
    await power(2, 'on');
    expect(await isOk(node(0), 'ping', '-c1', '-W5', 'n3')).toBe(true);
  });

  test('can be paused and go on, and a cluster with such a node can be used', async () => {
    const bootId = await say(node(1), 'cat', '/proc/sys/kernel/random/boot_id');
    await power(1, 'pause');
    expect(await isOk(node(0), 'ping', '-c1', '-W1', node(1).address)).toBe(false);
    const again = await provider().attach('kernels');
    expect(await isOk(again.nodes[0] as Node, 'true')).toBe(true);
    await again.close();
    await power(1, 'resume');
    expect(await say(node(1), 'cat', '/proc/sys/kernel/random/boot_id')).toBe(bootId);
    await power(1, 'off');
    await expect(power(1, 'pause')).rejects.toMatchObject({ code: 'node-off', exitCode: 4 });
    await boot(1);
    expect(await say(node(1), 'cat', '/proc/sys/kernel/random/boot_id')).not.toBe(bootId);
  });

  test('a power loss of all leaves the cluster there, to be switched on', async () => {
    await Promise.all([0, 1, 2].map((index) => power(index, 'off')));
    expect((await provider().list()).map(({ name }) => name)).toEqual(['kernels']);
    expect(await processesOf(stateFolder)).not.toEqual([]);
    await Promise.all([0, 1, 2].map(boot));
    for (const each of cluster.nodes) expect(await say(each, 'hostname')).toBe(each.name);
  });

  test('have a power switch and a console on the command line', async () => {
    const program = join(import.meta.dirname, '../../src/cli/ordeal.mjs');
    const ordeal = async (...argv: readonly string[]) => {
      const env = { ORDEAL_STATE: stateFolder, NO_COLOR: '1' };
      const run = await execa(process.execPath, [program, 'cluster', ...argv], {
        env,
        reject: false,
      });
      return `${run.exitCode} ${run.stdout}${run.stderr}`;
    };
    expect(await ordeal('list')).toMatch(/^0 kernels +uml +3 nodes/);
    expect(await ordeal('power', 'off', 'n1')).toMatch(/^0 n1 has no power/);
    expect(await ordeal('power', 'on', 'n1', '--name', 'kernels')).toBe('0 n1 is up');
    expect(await ordeal('logs', 'n1')).toMatch(/Linux version 6[\s\S]*ordeal: ready/);
    expect(await ordeal('exec', 'n1', '--', 'hostname')).toBe('0 n1');
    expect(await ordeal('power', 'off', 'n9')).toMatch(/^254 ordeal: no node 'n9'/);
  });

  test('what there is not is said in one line', async () => {
    await expect(provider().power('kernels', 'n9', 'off')).rejects.toMatchObject({ exitCode: 254 });
    await expect(provider().power('nobody', 'n1', 'off')).rejects.toMatchObject({ exitCode: 4 });
    await expect(provider().consoleLog('kernels', 'n9')).rejects.toMatchObject({ exitCode: 254 });
    await expect(netnsProvider({ stateFolder }).attach('kernels')).rejects.toMatchObject({
      exitCode: 254,
      message: "cluster 'kernels' is of kind uml, not netns",
    });
    for (const memoryMiB of [0, 63, 1.5])
      await expect(provider().up({ name: 'small', nodeCount: 1, memoryMiB })).rejects.toMatchObject(
        { exitCode: 254 },
      );
    expect(await netnsProvider({ stateFolder }).list()).toEqual([]);
  });
});
