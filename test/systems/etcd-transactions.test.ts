// The transaction clients of etcd: against a real etcd, and against servers that reset and lie at either request.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/contract/client.ts';
import type { Completion, Op } from '../../src/history/op.ts';
import { gatewayOf, put } from '../../src/systems/etcd/gateway.ts';
import {
  listAppend,
  rwRegister,
  transactionClient,
  type Vocabulary,
} from '../../src/systems/etcd/transactions.ts';
import { putGuarded, rangeAll } from '../../src/systems/etcd/txn.ts';
import { answerText, type Behaviour, fakeServer, isWholeRequest } from './fake-server.ts';
import { nodeAt, noEtcd, type RealEtcd, realEtcd } from './real-etcd.ts';

if (noEtcd !== undefined) console.warn(`skipped: ${noEtcd}`);

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close?.();
});

type Txn = (...value: unknown[]) => Promise<Completion>;
const open = async (port: number, vocabulary: Vocabulary, timeoutMs = 5_000): Promise<Txn> => {
  const options = { port, timeoutMs, serializable: false, vocabulary };
  const client = await transactionClient(options).open(nodeAt('127.0.0.1'));
  clients.push(client);
  return (...value) => {
    const op: Op = { index: 0, time: 0, process: 0, type: 'invoke', f: 'txn', value };
    return client.invoke(op, new AbortController().signal);
  };
};

describe.skipIf(noEtcd !== undefined)('a real etcd', () => {
  let etcd: RealEtcd;
  beforeAll(async () => {
    etcd = await realEtcd();
    await etcd.start();
  });
  afterAll(() => etcd?.remove());

  test('lists grow in order; a transaction sees its own appends', async () => {
    const txn = await open(etcd.port, listAppend);
    expect(await txn(['r', 1, null], ['append', 1, 1], ['append', 1, 2], ['r', 1, null])).toEqual({
      type: 'ok',
      value: [
        ['r', 1, null],
        ['append', 1, 1],
        ['append', 1, 2],
        ['r', 1, [1, 2]],
      ],
    });
    expect(await txn(['append', 1, 3], ['append', 2, 1])).toMatchObject({ type: 'ok' });
    expect(await txn(['r', 1, null], ['r', 2, null])).toMatchObject({
      value: [
        ['r', 1, [1, 2, 3]],
        ['r', 2, [1]],
      ],
    });
  });

  test('registers hold what was written last, also blindly', async () => {
    const txn = await open(etcd.port, rwRegister);
    expect(await txn(['w', 1, 1], ['r', 1, null], ['w', 1, 2], ['r', 2, null])).toEqual({
      type: 'ok',
      value: [
        ['w', 1, 1],
        ['r', 1, 1],
        ['w', 1, 2],
        ['r', 2, null],
      ],
    });
    expect(await txn(['r', 1, null])).toMatchObject({ value: [['r', 1, 2]] });
  });

  test('many at once: those that meet fail for certain, no append is lost or doubled', async () => {
    const txns = await Promise.all(Array.from({ length: 8 }, () => open(etcd.port, listAppend)));
    const acknowledged: number[] = [];
    await Promise.all(
      txns.map(async (txn, who) => {
        for (let i = 0; i < 20; i++) {
          const value = who * 100 + i;
          const { type } = await txn(['r', 50, null], ['append', 50, value]);
          expect(['ok', 'fail']).toContain(type);
          if (type === 'ok') acknowledged.push(value);
        }
      }),
    );
    const { value } = (await txns[0]?.(['r', 50, null])) ?? {};
    const list = (value as [string, number, number[]][])[0]?.[2] ?? [];
    expect(list.toSorted((a, b) => a - b)).toEqual(acknowledged.toSorted((a, b) => a - b));
    expect(acknowledged.length).toBeLessThan(160);
  });

  test('a guard holds back every put when one of its keys has changed, or appeared', async () => {
    const gateway = gatewayOf('127.0.0.1', etcd.port);
    const options = { timeoutMs: 5_000 };
    const guards = await rangeAll(gateway, ['g1', 'g2'], { ...options, serializable: false });
    expect(guards.map(({ value, modRevision }) => [value, modRevision])).toEqual([
      [undefined, '0'],
      [undefined, '0'],
    ]);
    await put(gateway, { key: 'g2', value: 'x' }, options);
    const puts = [{ key: 'g1', value: 'y' }];
    expect(await putGuarded(gateway, { guards, puts }, options)).toBe(false);
    const again = await rangeAll(gateway, ['g1', 'g2'], { ...options, serializable: false });
    expect(again.map(({ value }) => value)).toEqual([undefined, 'x']);
    expect(await putGuarded(gateway, { guards: again, puts }, options)).toBe(true);
    gateway.agent.destroy();
  });

  test('what the workload got wrong is our bug, not an answer', async () => {
    const txn = await open(etcd.port, listAppend);
    await expect(txn(['w', 1, 2])).rejects.toThrow('no step w');
    await expect(txn(['append', 1, 'x'])).rejects.toThrow('whole numbers');
    await expect(txn(['r', 'k', null])).rejects.toThrow('keys are whole numbers');
  });
});

describe('a server that fails', () => {
  const header = { cluster_id: '1', member_id: '2', revision: '3', raft_term: '4' };
  const absent = { response_range: { header } };
  const read = JSON.stringify({ header, succeeded: true, responses: [absent] });
  const written = JSON.stringify({ header, succeeded: true, responses: [{ response_put: {} }] });
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  /** A connection's first request reads, its second writes; each gets what the test says. */
  const serve = async (reading: (visit: Parameters<Behaviour>[0]) => void, writing = reading) => {
    const answered = new WeakMap<object, number>();
    const server = await fakeServer((visit) => {
      const { socket, received } = visit;
      const before = answered.get(socket) ?? 0;
      const text = received().slice(before);
      if (!isWholeRequest(text)) return;
      answered.set(socket, received().length);
      (before === 0 ? reading : writing)(visit);
    });
    closers.push(server.close);
    return server.port;
  };
  const answer =
    (body: string, status = '200 OK') =>
    ({ socket }: Parameters<Behaviour>[0]): void =>
      void socket.write(answerText(status, body));
  const reset = ({ socket }: Parameters<Behaviour>[0]): void => void socket.resetAndDestroy();
  const hang = (): void => undefined;
  const change = ['append', 1, 1];

  test('none: it is ok', async () => {
    const txn = await open(await serve(answer(read), answer(written)), listAppend);
    expect(await txn(change)).toEqual({ type: 'ok', value: [change] });
  });

  test.each([
    ['reset', reset],
    ['hanging', hang],
    ['an empty answer', answer('{}')],
    ['fewer answers than keys', answer(JSON.stringify({ header, responses: [] }))],
    ['noise', answer('x')],
  ])('while it reads (%s): nothing happened', async (_, failure) => {
    const txn = await open(await serve(failure), listAppend, 300);
    expect((await txn(change)).type).toBe('fail');
  });

  test.each([
    ['reset', reset],
    ['hanging', hang],
    ['an empty answer', answer('{}')],
    ['noise', answer('x')],
    ['etcd timed out', answer('{"message":"etcdserver: request timed out"}', '503 Unavailable')],
  ])('while it writes (%s): unknown', async (_, failure) => {
    const txn = await open(await serve(answer(read), failure), listAppend, 300);
    expect((await txn(change)).type).toBe('info');
  });

  test('a refusal before proposing, and a guard that did not hold: nothing happened', async () => {
    const refusal = '{"message":"etcdserver: too many requests"}';
    const refused = await serve(answer(read), answer(refusal, '429 Too Many'));
    expect((await (await open(refused, listAppend))(change)).type).toBe('fail');
    const changed = await serve(answer(read), answer(JSON.stringify({ header })));
    expect(await (await open(changed, listAppend))(change)).toMatchObject({
      type: 'fail',
      error: ['conflict', expect.any(String)],
    });
  });
});
