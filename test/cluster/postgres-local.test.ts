// PostgreSQL on this machine's loopback, through the local remote: life and death of the server, and what it says when it cannot serve.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrdealError } from '../../src/base/errors.ts';
import type { Client } from '../../src/contract/client.ts';
import type { Node } from '../../src/contract/node.ts';
import type { System, SystemContext } from '../../src/contract/system.ts';
import { localRemote } from '../../src/control/remote.ts';
import type { Completion } from '../../src/history/op.ts';
import { openSession } from '../../src/systems/postgres/session.ts';
import { postgresSystem } from '../../src/systems/postgres.ts';
import { freePort } from '../systems/real-etcd.ts';

const node: Node = {
  name: 'n1',
  address: '127.0.0.1',
  addresses: ['127.0.0.1'],
  remote: localRemote('n1'),
};
const signal = new AbortController().signal;
const contextOf = (options: SystemContext['options'] = {}): SystemContext => ({
  nodes: [node],
  options,
  log: () => undefined,
  signal,
});

const folders: string[] = [];
/** Open to the server's account, which has to get into it. */
const freshRoot = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'ordeal-postgres-'));
  chmodSync(root, 0o755);
  folders.push(root);
  return root;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Act = (node: Node, context: SystemContext) => Promise<void>;
const act = (what: Act | undefined): Promise<void> =>
  what?.(node, contextOf()) ?? Promise.resolve();

const sickness = (what: Act | undefined): Promise<OrdealError> =>
  act(what).then(
    () => expect.unreachable('it serves'),
    (error: OrdealError) => error,
  );

describe('one server', () => {
  let root: string;
  let port: number;
  let system: System;
  const clients: Client[] = [];

  const open = async (vocabulary: string, options: SystemContext['options'] = {}) => {
    const client = await system.clients[vocabulary]?.(contextOf(options)).open(node);
    if (!client) throw new Error(`no client for ${vocabulary}`);
    clients.push(client);
    await client.setup?.();
    return (...value: unknown[]): Promise<Completion> =>
      client.invoke({ index: 0, time: 0, process: 0, type: 'invoke', f: 'txn', value }, signal);
  };
  const serve = async (): Promise<void> => {
    await act(system.start);
    await act(system.ready);
  };

  beforeAll(async () => {
    root = freshRoot();
    port = await freePort();
    system = postgresSystem({ root, port, healthMs: 15_000 });
    await act(system.install);
  });
  beforeEach(serve);
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close?.();
    await act(system.resume);
  });
  afterAll(async () => {
    await act(system.kill);
  });

  test('keeps lists and registers; tells its version and that it takes writes', async () => {
    expect(await system.version?.(node, contextOf())).toMatch(/^\d+\.\d+/);
    expect(await system.primaries?.(contextOf())).toEqual(['n1']);
    const lists = await open('list-append');
    expect(await lists(['r', 1, null], ['append', 1, 1], ['append', 1, 2], ['r', 1, null])).toEqual(
      {
        type: 'ok',
        value: [
          ['r', 1, null],
          ['append', 1, 1],
          ['append', 1, 2],
          ['r', 1, [1, 2]],
        ],
      },
    );
    const registers = await open('rw-register');
    expect(await registers(['w', 1, 5], ['r', 1, null], ['r', 2, null])).toEqual({
      type: 'ok',
      value: [
        ['w', 1, 5],
        ['r', 1, 5],
        ['r', 2, null],
      ],
    });
  });

  test.each([
    ['read-committed', 'read committed'],
    ['repeatable-read', 'repeatable read'],
    ['serializable', 'serializable'],
  ])('--isolation %s is what the server runs at', async (isolation, said) => {
    const session = await openSession({ host: node.address, port }, signal);
    const logged = `SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%${isolation.replace('-', ' ').toUpperCase()}%'`;
    await session.query({ text: `BEGIN ISOLATION LEVEL ${said}` }, signal);
    expect((await session.query({ text: 'SHOW transaction_isolation' }, signal)).rows).toEqual([
      { transaction_isolation: said },
    ]);
    expect((await session.query({ text: logged }, signal)).rows).toHaveLength(1);
    session.cut();
  });

  test('durable as it ships: fsync, synchronous commit, full pages', async () => {
    const session = await openSession({ host: node.address, port }, signal);
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
      expect((await session.query({ text: `SHOW ${name}` }, signal)).rows).toEqual([
        { [name]: 'on' },
      ]);
    session.cut();
  });

  test('two transactions that wait for each other: one fails for certain, both clients go on', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ['append', 100 + i, 1]);
    const one = await open('list-append', { isolation: 'read-committed' });
    const other = await open('list-append', { isolation: 'read-committed' });
    const ends = await Promise.all([one(...many), other(...many.toReversed())]);
    expect(ends.map(({ type }) => type).sort()).toEqual(['fail', 'ok']);
    expect(ends.find(({ type }) => type === 'fail')?.error?.[0]).toBe('deadlock');
    expect((await one(['r', 100, null])).type).toBe('ok');
    expect((await other(['r', 100, null])).type).toBe('ok');
  });

  test('killed, no process of it is left; restarted, it has what was acknowledged', async () => {
    const lists = await open('list-append');
    expect((await lists(['append', 7, 1])).type).toBe('ok');
    await act(system.kill);
    const dataDir = `${root}/var/lib/ordeal-postgres/n1`;
    const { stdout } = await node.remote.exec(['pgrep', '-f', `-D ${dataDir}`], { check: false });
    expect(stdout).toBe('');
    expect(await system.primaries?.(contextOf())).toEqual([]);
    expect((await lists(['append', 7, 2])).type).toBe('fail');
    expect((await lists(['append', 7, 3])).error?.[0]).toBe('ECONNREFUSED');
    await serve();
    expect(await lists(['r', 7, null])).toMatchObject({ type: 'ok', value: [['r', 7, [1]]] });
  });

  test('killed under load again and again: no acknowledged append is lost, none appears twice', async () => {
    const lists = await open('list-append');
    const acknowledged: number[] = [];
    let stop = false;
    const writer = (async () => {
      for (let n = 1; !stop; n++) {
        if ((await lists(['append', 8, n])).type === 'ok') acknowledged.push(n);
        else await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await act(system.kill);
      await serve();
    }
    stop = true;
    await writer;
    const { value } = await lists(['r', 8, null]);
    const list = (value as [string, number, number[]][])[0]?.[2] ?? [];
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(new Set(list).size).toBe(list.length);
    expect(acknowledged.filter((n) => !list.includes(n))).toEqual([]);
  });

  test('paused it answers nothing, also in sessions that were open; resumed it serves', async () => {
    const lists = await open('list-append', { 'client-timeout-ms': 300 });
    expect((await lists(['append', 9, 1])).type).toBe('ok');
    await act(system.pause);
    await act(system.pause);
    expect(await lists(['append', 9, 2])).toMatchObject({
      type: 'fail',
      error: ['timeout', expect.any(String)],
    });
    expect(await system.primaries?.(contextOf())).toEqual([]);
    await act(system.resume);
    await act(system.resume);
    const patient = await open('list-append');
    expect(await patient(['r', 9, null])).toMatchObject({ value: [['r', 9, [1]]] });
  });

  test('stopped and wiped, it begins anew; starting twice is harmless', async () => {
    const lists = await open('list-append');
    expect((await lists(['append', 10, 1])).type).toBe('ok');
    await act(system.stop);
    await act(system.stop);
    await act(system.wipe);
    await Promise.all([act(system.start), act(system.start)]);
    await serve();
    const again = await open('list-append');
    expect(await again(['r', 10, null])).toMatchObject({ value: [['r', 10, null]] });
  });

  test('the log is where it is said to be', async () => {
    const [file = ''] = system.logFiles?.(node, contextOf()) ?? [];
    const { stdout } = await node.remote.exec(['grep', '-c', 'ready to accept connections', file]);
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  test('another server on its port is told in one line, and not taken for it', async () => {
    const second = postgresSystem({ root: freshRoot(), port, healthMs: 15_000 });
    try {
      await act(second.start);
      const error = await sickness(second.ready);
      expect(error.message).toMatch(/^n1: PostgreSQL ended right after its start; .*in use/);
      expect([error.code, error.exitCode]).toEqual(['postgres-not-healthy', 4]);
      expect(error.message).not.toContain('\n');
    } finally {
      await act(second.kill);
    }
  });

  test('data that cannot be read is told in one line', async () => {
    await act(system.kill);
    await node.remote.exec([
      'truncate',
      '--size=10',
      `${root}/var/lib/ordeal-postgres/n1/global/pg_control`,
    ]);
    await act(system.start);
    const error = await sickness(system.ready);
    expect(error.message).toMatch(/^n1: PostgreSQL ended right after its start; its log ends: /);
    expect(error.message).not.toContain('\n');
    await act(system.kill);
    await act(system.wipe);
  });
});
