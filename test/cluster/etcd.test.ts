// etcd on real nodes over SSH: five members and one; kill, pause, wipe, partition, and what it says when it cannot serve.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrdealError } from '../../src/base/errors.ts';
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import type { Cluster } from '../../src/contract/cluster.ts';
import type { Node } from '../../src/contract/node.ts';
import type { System, SystemContext } from '../../src/contract/system.ts';
import type { Completion } from '../../src/history/op.ts';
import { etcdSystem, system } from '../../src/systems/etcd.ts';

const provider = netnsProvider();
const clusterName = `etcd-test-${process.pid}`;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await provider.up({ name: clusterName, nodeCount: 5 });
});
afterAll(async () => {
  await cluster?.close();
  await provider.down(clusterName);
});

const contextOf = (nodes: readonly Node[], options: SystemContext['options'] = {}) => ({
  nodes,
  options,
  log: () => undefined,
  signal: new AbortController().signal,
});

type Act = (node: Node, context: SystemContext) => Promise<void>;
const each = (act: Act | undefined, context: SystemContext, chosen = context.nodes) =>
  Promise.all(chosen.map((node) => act?.(node, context)));

const clear = async (context: SystemContext): Promise<void> => {
  await each(system.kill, context);
  await each(system.wipe, context);
};
const serve = async (context: SystemContext, chosen = context.nodes): Promise<void> => {
  await each(system.start, context, chosen);
  await each(system.ready, context, chosen);
};

type Register = (f: string, value?: unknown) => Promise<Completion>;
const registerAt = async (
  node: Node,
  options: SystemContext['options'] = {},
): Promise<Register> => {
  const prototype = system.clients.register?.(contextOf([node], options));
  return async (f, value = null) => {
    const client = await prototype?.open(node);
    const op = { index: 0, time: 0, process: 0, type: 'invoke', key: 1, f, value } as const;
    const completion = await client?.invoke(op, new AbortController().signal);
    await client?.close?.();
    return completion ?? { type: 'info' };
  };
};

const sickness = (act: Promise<void> | undefined): Promise<OrdealError> =>
  (act ?? Promise.resolve()).then(
    () => expect.unreachable('it serves'),
    (error: OrdealError) => error,
  );

describe('five members', () => {
  let context: SystemContext;
  let nodes: readonly Node[];
  beforeAll(async () => {
    nodes = cluster.nodes;
    context = contextOf(nodes);
    await each(system.install, context);
    await clear(context);
    await serve(context);
  });
  // Whatever a test broke: everybody runs and serves again before the next one.
  beforeEach(async () => {
    await each(system.resume, context);
    await serve(context);
  });

  test('all belong to the cluster, one leads, and each serves reads and writes', async () => {
    expect(await system.members?.(context)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
    expect(await system.primaries?.(context)).toHaveLength(1);
    expect(await system.version?.(nodes[0] as Node, context)).toMatch(/^\d+\.\d+/);
    for (const [i, node] of nodes.entries()) {
      const register = await registerAt(node);
      expect(await register('write', i)).toEqual({ type: 'ok' });
      expect(await register('read')).toEqual({ type: 'ok', value: i });
    }
  });

  test('every node names the same leader', async () => {
    const views = await Promise.all(
      nodes.map(async (node) => {
        const { stdout } = await node.remote.exec([
          ...['env', 'ETCDCTL_API=3', 'etcdctl', `--endpoints=http://${node.address}:2379`],
          ...['endpoint', 'status', '--write-out=json'],
        ]);
        return (/"leader":(\d+)/.exec(stdout) ?? [])[1];
      }),
    );
    expect(new Set(views).size).toBe(1);
    expect(views[0]).toBeDefined();
  });

  test('starting twice is harmless, also at the same moment', async () => {
    const pid = async (node: Node) =>
      (await node.remote.exec(['pgrep', '-x', 'etcd'])).stdout.trim().split('\n');
    const before = await Promise.all(nodes.map(pid));
    await Promise.all([each(system.start, context), each(system.start, context)]);
    await each(system.ready, context);
    expect(await Promise.all(nodes.map(pid))).toEqual(before);
    expect(before.every((pids) => pids.length === 1)).toBe(true);
  });

  test('killed and started again, all of them keep what was acknowledged', async () => {
    const register = await registerAt(nodes[0] as Node);
    expect(await register('write', 41)).toEqual({ type: 'ok' });
    await each(system.kill, context);
    expect(await system.primaries?.(context)).toEqual([]);
    expect(await system.members?.(context)).toEqual([]);
    expect(await register('write', 42)).toMatchObject({
      type: 'fail',
      error: ['ECONNREFUSED', expect.anything()],
    });
    await serve(context);
    expect(await register('read')).toEqual({ type: 'ok', value: 41 });
  });

  test('a killed leader is replaced by another', async () => {
    const [first] = (await system.primaries?.(context)) ?? [];
    const leader = nodes.filter(({ name }) => name === first);
    await each(system.kill, context, leader);
    await expect.poll(() => system.primaries?.(context), { timeout: 15_000 }).toHaveLength(1);
    expect(await system.primaries?.(context)).not.toEqual([first]);
    await serve(context, leader);
    expect(await system.members?.(context)).toHaveLength(5);
  });

  test('paused, a node answers nothing and stays a member; resumed, it serves', async () => {
    const [one] = nodes as [Node];
    await each(system.pause, context, [one]);
    await each(system.pause, context, [one]);
    const register = await registerAt(one, { 'client-timeout-ms': 300 });
    expect((await register('write', 7)).type).toBe('info');
    expect((await register('read')).type).toBe('fail');
    expect(await system.members?.(context)).toHaveLength(5);
    await each(system.resume, context, [one]);
    await each(system.resume, context, [one]);
    await each(system.ready, context, [one]);
    const patient = await registerAt(one);
    expect((await patient('read')).type).toBe('ok');
  });

  test('a member that was killed and wiped comes back and catches up', async () => {
    const [one, , , , five] = nodes as [Node, Node, Node, Node, Node];
    const register = await registerAt(one);
    expect(await register('write', 51)).toEqual({ type: 'ok' });
    await each(system.kill, context, [five]);
    await each(system.wipe, context, [five]);
    await serve(context, [five]);
    expect(await system.members?.(context)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
    const again = await registerAt(five);
    expect(await again('read')).toEqual({ type: 'ok', value: 51 });
  });

  test('behind a partition: writes unknown, reads failed, serializable reads stale', async () => {
    const minority = nodes.slice(0, 2);
    const majority = nodes.slice(2);
    const rules = (action: '-A' | '-D') =>
      Promise.all(
        minority.flatMap((a) =>
          majority.flatMap((b) =>
            [[a, b] as const, [b, a] as const].map(([here, there]) =>
              here.remote.exec([
                'iptables',
                '-w',
                action,
                'INPUT',
                '-s',
                there.address,
                '-j',
                'DROP',
              ]),
            ),
          ),
        ),
      );
    const [one, , three] = nodes as [Node, Node, Node];
    const strict = await registerAt(one);
    const stale = await registerAt(one, { 'serializable-reads': true });
    const current = await registerAt(three, { 'client-timeout-ms': 5_000 });
    expect(await current('write', 1)).toEqual({ type: 'ok' });
    expect(await strict('read')).toEqual({ type: 'ok', value: 1 });
    await rules('-A');
    try {
      await expect
        .poll(() => system.primaries?.(context), { timeout: 15_000 })
        .toSatisfy((names) => majority.some(({ name }) => names?.[0] === name));
      await expect.poll(() => current('write', 2), { timeout: 15_000 }).toEqual({ type: 'ok' });
      expect((await strict('write', 3)).type).toBe('info');
      expect((await strict('cas', [1, 4])).type).toBe('info');
      expect((await strict('read')).type).toBe('fail');
      expect(await stale('read')).toEqual({ type: 'ok', value: 1 });
      expect(await current('read')).toEqual({ type: 'ok', value: 2 });
    } finally {
      await rules('-D');
    }
    await each(system.ready, context);
    expect(await strict('read')).toMatchObject({ type: 'ok' });
  });

  test('stopped and wiped everywhere, a new cluster begins', async () => {
    const register = await registerAt(nodes[0] as Node);
    expect(await register('write', 9)).toEqual({ type: 'ok' });
    await each(system.stop, context);
    await each(system.wipe, context);
    await serve(context);
    expect(await register('read')).toEqual({ type: 'ok', value: null });
    expect(await system.members?.(context)).toHaveLength(5);
  });

  test('the log is where it is said to be', async () => {
    for (const node of nodes) {
      const [file = ''] = system.logFiles?.(node, context) ?? [];
      const { stdout } = await node.remote.exec(['grep', '-c', 'etcd-version', file]);
      expect(Number(stdout)).toBeGreaterThan(0);
    }
  });
});

describe('one member', () => {
  let context: SystemContext;
  let node: Node;
  beforeAll(async () => {
    await clear(contextOf(cluster.nodes));
    [node] = cluster.nodes as [Node];
    context = contextOf([node]);
  });
  beforeEach(async () => {
    await clear(context);
  });

  test('serves alone', async () => {
    await serve(context);
    expect(await system.primaries?.(context)).toEqual(['n1']);
    expect(await system.members?.(context)).toEqual(['n1']);
    const register = await registerAt(node);
    expect(await register('write', 1)).toEqual({ type: 'ok' });
    expect(await register('cas', [1, 2])).toEqual({ type: 'ok' });
    expect(await register('read')).toEqual({ type: 'ok', value: 2 });
  });

  test('tells in one line that its port is taken', async () => {
    // The same program on the same port, but with data of its own: etcd against etcd.
    const thief = etcdSystem({ root: '/tmp/thief', peerPort: 3380 });
    try {
      await thief.start(node, context);
      await expect.poll(() => thief.primaries?.(context), { timeout: 15_000 }).toEqual(['n1']);
      await system.start(node, context);
      // It dies while the thief answers in its place: nobody may take that for health.
      const error = await sickness(system.ready?.(node, context));
      expect(error.message).toMatch(
        /^n1: etcd ended right after its start; .*address already in use/,
      );
      expect(error.message).not.toContain('\n');
    } finally {
      await thief.kill?.(node, context);
      await thief.wipe?.(node, context);
    }
  });

  test('tells in one line that its data cannot be read', async () => {
    await serve(context);
    await each(system.kill, context);
    const db = '/var/lib/ordeal-etcd/n1/member/snap/db';
    await node.remote.exec(['truncate', '--size=100', db]);
    await system.start(node, context);
    const error = await sickness(system.ready?.(node, context));
    expect(error.message).toMatch(/^n1: etcd ended right after its start; its log ends: /);
    expect([error.code, error.exitCode]).toEqual(['etcd-not-healthy', 4]);
    expect(error.message).not.toContain('\n');
  });

  test('waits no longer than its deadline for a majority that does not come', async () => {
    const impatient: System = etcdSystem({ healthMs: 2_000 });
    const five = contextOf(cluster.nodes);
    await impatient.start(node, five);
    const error = await sickness(impatient.ready?.(node, five));
    expect(error.message).toMatch(/^n1: etcd did not serve within 2 s; its log ends: /);
    expect(error.hint).toContain('/var/log/ordeal-etcd-n1.log on n1');
  });
});
