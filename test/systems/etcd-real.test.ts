// The register client against a real etcd: values, compare-and-set, kill, restart, pause.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/contract/client.ts';
import type { Completion, Op } from '../../src/history/op.ts';
import { leaders, memberNames } from '../../src/systems/etcd/cluster-state.ts';
import { EtcdError, gatewayOf, put, status } from '../../src/systems/etcd/gateway.ts';
import { layoutOf } from '../../src/systems/etcd/layout.ts';
import { registerClient } from '../../src/systems/etcd/register.ts';
import { noEtcd, type RealEtcd, realEtcd } from './real-etcd.ts';

if (noEtcd !== undefined) console.warn(`skipped: ${noEtcd}`);

const op = (f: string, key: string | number, value: unknown = null): Op => ({
  index: 0,
  time: 0,
  process: 0,
  type: 'invoke',
  key,
  f,
  value,
});

describe.skipIf(noEtcd !== undefined)('a real etcd', () => {
  let etcd: RealEtcd;
  let clients: Client[] = [];

  const open = async (options: { timeoutMs?: number; serializable?: boolean } = {}) => {
    const { timeoutMs = 5_000, serializable = false } = options;
    const prototype = registerClient({ port: etcd.port, timeoutMs, serializable });
    const client = await prototype.open(etcd.node);
    clients.push(client);
    const perform = (f: string, key: string | number, value?: unknown): Promise<Completion> =>
      client.invoke(op(f, key, value), new AbortController().signal);
    return { client, perform };
  };

  beforeAll(async () => {
    etcd = await realEtcd();
    await etcd.start();
  });
  afterAll(async () => {
    for (const client of clients) await client.close?.();
    clients = [];
    await etcd?.remove();
  });

  test('a register holds what was written last', async () => {
    const { perform } = await open();
    expect(await perform('read', 'a')).toEqual({ type: 'ok', value: null });
    expect(await perform('write', 'a', 3)).toEqual({ type: 'ok' });
    expect(await perform('read', 'a')).toEqual({ type: 'ok', value: 3 });
    expect(await perform('write', 'a', -7)).toEqual({ type: 'ok' });
    expect(await perform('read', 'a')).toEqual({ type: 'ok', value: -7 });
    expect(await perform('read', 'b')).toEqual({ type: 'ok', value: null });
  });

  test('compare-and-set needs the value it names', async () => {
    const { perform } = await open();
    const unequal = { type: 'fail', error: ['not-equal'] };
    expect(await perform('cas', 'c', [0, 1])).toEqual(unequal);
    expect(await perform('read', 'c')).toEqual({ type: 'ok', value: null });
    expect(await perform('write', 'c', 1)).toEqual({ type: 'ok' });
    expect(await perform('cas', 'c', [1, 2])).toEqual({ type: 'ok' });
    expect(await perform('cas', 'c', [1, 3])).toEqual(unequal);
    expect(await perform('read', 'c')).toEqual({ type: 'ok', value: 2 });
  });

  test('keys may be numbers, and hold any text', async () => {
    const { perform } = await open();
    for (const key of [0, 'ä/"\n', '']) {
      expect(await perform('write', key, 9)).toEqual({ type: 'ok' });
      expect(await perform('read', key)).toEqual({ type: 'ok', value: 9 });
    }
  });

  test('what the workload got wrong is our bug, not an answer', async () => {
    const { perform } = await open();
    await expect(perform('write', 'a', 'x')).rejects.toThrow('whole numbers');
    await expect(perform('cas', 'a', 1)).rejects.toThrow('[from, to]');
    await expect(perform('append', 'a', 1)).rejects.toThrow('no operation append');
  });

  test('etcd words its refusals as the table has them', async () => {
    const gateway = gatewayOf('127.0.0.1', etcd.port);
    const refused = await put(gateway, { key: '', value: '1' }, { timeoutMs: 5_000 }).catch(
      (e) => e,
    );
    expect(refused).toBeInstanceOf(EtcdError);
    expect(refused.message).toBe('etcdserver: key is not provided');
    const large = { key: 'k', value: 'x'.repeat(1_600_000) };
    const tooLarge = await put(gateway, large, { timeoutMs: 5_000 }).catch((e) => e);
    expect(tooLarge.message).toBe('etcdserver: request is too large');
    gateway.agent.destroy();
  });

  test('one node leads itself, and is the only member', async () => {
    const gateway = gatewayOf('127.0.0.1', etcd.port);
    const { self, leader, term } = await status(gateway, { timeoutMs: 5_000 });
    expect(leader).toBe(self);
    expect(term).toBeGreaterThan(0n);
    gateway.agent.destroy();
    const layout = layoutOf({ clientPort: etcd.port });
    const view = { nodes: [etcd.node], layout, signal: new AbortController().signal };
    expect(await leaders(view)).toEqual(['n1']);
    expect(await memberNames(view)).toEqual(['n1']);
  });

  test('killed: writes fail for certain; restarted: the same client goes on', async () => {
    const { perform } = await open();
    expect(await perform('write', 'k', 1)).toEqual({ type: 'ok' });
    await etcd.kill();
    // The idle connection may not have been seen to close yet: then the first write is unknown.
    const first = await perform('write', 'k', 2);
    expect(['info', 'fail']).toContain(first.type);
    for (const f of ['read', 'write'])
      expect(await perform(f, 'k', 3)).toMatchObject({
        type: 'fail',
        error: ['ECONNREFUSED', expect.any(String)],
      });
    await etcd.start();
    expect(await perform('read', 'k')).toEqual({ type: 'ok', value: 1 });
    expect(await perform('write', 'k', 4)).toEqual({ type: 'ok' });
  });

  test('paused: a write is unknown and a read failed; resumed: it serves', async () => {
    const { perform } = await open({ timeoutMs: 300 });
    const patient = await open();
    expect(await perform('write', 'p', 1)).toEqual({ type: 'ok' });
    await etcd.pause();
    const timeout = ['timeout', expect.any(String)];
    expect(await perform('write', 'p', 2)).toEqual({ type: 'info', error: timeout });
    expect(await perform('read', 'p')).toEqual({ type: 'fail', error: timeout });
    etcd.resume();
    expect((await patient.perform('read', 'p')).type).toBe('ok');
    expect(await perform('write', 'p', 3)).toEqual({ type: 'ok' });
    expect(await perform('read', 'p')).toEqual({ type: 'ok', value: 3 });
  });

  test('serializable reads are asked for', async () => {
    const { perform } = await open({ serializable: true });
    expect(await perform('write', 's', 1)).toEqual({ type: 'ok' });
    expect(await perform('read', 's')).toEqual({ type: 'ok', value: 1 });
  });

  test('concurrent writers through kill -9 and restart: no acknowledged increase is lost', async () => {
    const { perform } = await open();
    await perform('write', 'n', 0);
    let acknowledged = 0;
    let stop = false;
    const writer = (async () => {
      for (let n = 1; !stop; n++) {
        const { type } = await perform('write', 'n', n);
        if (type === 'ok') acknowledged = n;
        else await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    for (let round = 0; round < 2; round++) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await etcd.kill();
      await etcd.start();
    }
    stop = true;
    await writer;
    const { value } = await perform('read', 'n');
    expect(value).toBeGreaterThanOrEqual(acknowledged);
    expect(acknowledged).toBeGreaterThan(0);
  });
});
