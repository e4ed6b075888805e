// The whole system on this machine: three members on loopback addresses, through the local remote.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OrdealError } from '../../src/base/errors.ts';
import type { Node } from '../../src/contract/node.ts';
import type { System, SystemContext } from '../../src/contract/system.ts';
import { localRemote } from '../../src/control/remote.ts';
import { etcdSystem } from '../../src/systems/etcd.ts';
import { freePort, noEtcd } from '../systems/real-etcd.ts';

const reason =
  process.getuid?.() === 0 ? noEtcd : 'the local remote needs root to act as another user';
if (reason !== undefined) console.warn(`skipped: ${reason}`);

const localNode = (name: string, address: string): Node => ({
  name,
  address,
  addresses: [address],
  remote: localRemote(name),
});

describe.skipIf(reason !== undefined)('three members on one machine', () => {
  let root: string;
  let system: System;
  let nodes: readonly Node[];
  let context: SystemContext;
  let clientPort: number;

  type Act = (node: Node, context: SystemContext) => Promise<void>;
  const each = (act: Act | undefined, chosen = nodes) =>
    Promise.all(chosen.map((node) => act?.(node, context)));
  const startAll = async (chosen = nodes) => {
    await each(system.start, chosen);
    await each(system.ready, chosen);
  };
  const registerAt = async (node: Node) => {
    const client = await system.clients.register?.(context).open(node);
    if (!client) throw new Error('no register client');
    const perform = (f: string, value: unknown = null) => {
      const op = { index: 0, time: 0, process: 0, type: 'invoke', key: 1, f, value } as const;
      return client.invoke(op, new AbortController().signal);
    };
    return { perform, close: () => client.close?.() };
  };

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'ordeal-etcd-'));
    clientPort = await freePort();
    system = etcdSystem({ root, clientPort, peerPort: await freePort(), healthMs: 15_000 });
    nodes = ['127.0.0.11', '127.0.0.12', '127.0.0.13'].map((a, i) => localNode(`n${i + 1}`, a));
    const signal = new AbortController().signal;
    context = { nodes, options: {}, log: () => undefined, signal };
  });
  afterEach(async () => {
    await each(system.kill);
    for (const { remote } of nodes) await remote.close();
    rmSync(root, { recursive: true, force: true });
  });

  test('from install to wipe', async () => {
    await each(system.install);
    await startAll();
    expect(await system.version?.(nodes[0] as Node, context)).toMatch(/^\d+\.\d+\.\d+/);
    expect(await system.members?.(context)).toEqual(['n1', 'n2', 'n3']);
    const [first] = (await system.primaries?.(context)) ?? [];
    expect(['n1', 'n2', 'n3']).toContain(first);

    const register = await registerAt(nodes[0] as Node);
    expect(await register.perform('write', 1)).toEqual({ type: 'ok' });

    // Harmless while it runs: the same members go on.
    await each(system.start);
    await each(system.install);
    expect(await register.perform('read')).toEqual({ type: 'ok', value: 1 });

    await each(system.kill);
    await each(system.kill);
    expect(await system.primaries?.(context)).toEqual([]);
    expect((await register.perform('read')).type).toBe('fail');
    await startAll();
    expect(await register.perform('read')).toEqual({ type: 'ok', value: 1 });

    await each(system.stop);
    await each(system.stop);
    await each(system.wipe);
    await startAll();
    expect(await register.perform('read')).toEqual({ type: 'ok', value: null });
    await register.close();
  });

  test('a paused leader is replaced, and takes no more than its place when it resumes', async () => {
    await startAll();
    const [first] = (await system.primaries?.(context)) ?? [];
    const leader = nodes.find(({ name }) => name === first) as Node;
    await each(system.pause, [leader]);
    await expect.poll(() => system.primaries?.(context), { timeout: 10_000 }).not.toEqual([first]);
    await expect.poll(() => system.primaries?.(context), { timeout: 10_000 }).toHaveLength(1);
    await each(system.resume, [leader]);
    await each(system.ready, [leader]);
    expect(await system.primaries?.(context)).not.toEqual([first]);
  });

  test('a member that lost its data comes back as a new one and catches up', async () => {
    await startAll();
    const [one, two, three] = nodes as [Node, Node, Node];
    const register = await registerAt(one);
    expect(await register.perform('write', 5)).toEqual({ type: 'ok' });
    await each(system.kill, [three]);
    await each(system.wipe, [three]);
    await startAll([three]);
    expect(await system.members?.(context)).toEqual(['n1', 'n2', 'n3']);
    // With one of the others gone, the majority needs the new one, and has not forgotten.
    await each(system.kill, [two]);
    const again = await registerAt(three);
    await each(system.ready, [three]);
    expect(await again.perform('read')).toEqual({ type: 'ok', value: 5 });
    await register.close();
    await again.close();
  });

  test('a port that is taken is told in one line, with the words of the log', async () => {
    const thief = createServer().listen(clientPort, '127.0.0.11');
    await once(thief, 'listening');
    const [one] = nodes as [Node];
    context = { ...context, nodes: [one] };
    await system.start(one, context);
    const error = (await system.ready?.(one, context).catch((e) => e)) as OrdealError;
    thief.close();
    expect(error.message).toMatch(
      /^n1: etcd ended right after its start; its log ends: .*address already in use/,
    );
    expect(error.message).not.toContain('\n');
    expect([error.code, error.exitCode]).toEqual(['etcd-not-healthy', 4]);
  });

  test('a member without a majority is told by the deadline', async () => {
    system = etcdSystem({ root, clientPort, peerPort: await freePort(), healthMs: 1_500 });
    const [one] = nodes as [Node];
    await system.start(one, context);
    const error = (await system.ready?.(one, context).catch((e) => e)) as OrdealError;
    expect(error.message).toMatch(/^n1: etcd did not serve within 1.5 s; its log ends: /);
    expect(error.code).toBe('etcd-not-healthy');
  });

  test('a data folder that cannot be written is told', async () => {
    const [one] = nodes as [Node];
    context = { ...context, nodes: [one] };
    await one.remote.exec(['mkdir', '-p', join(root, 'var/lib')]);
    await one.remote.exec(['touch', join(root, 'var/lib/ordeal-etcd')]);
    await expect(system.start(one, context)).rejects.toMatchObject({ exitCode: 4 });
  });
});
