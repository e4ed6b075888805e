// The transaction client against a server that refuses, resets, hangs and lies: what may have committed is never `fail`.
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Client } from '../../src/contract/client.ts';
import type { Completion, Op } from '../../src/history/op.ts';
import { commitFailures } from '../../src/systems/postgres/errors.ts';
import { listAppendTable } from '../../src/systems/postgres/tables.ts';
import { transactionClient } from '../../src/systems/postgres/transactions.ts';
import { complete, errorResponse, fakePostgres, fine, type Reply, ready } from './fake-postgres.ts';
import { nodeAt } from './real-etcd.ts';

const cleanups: (() => Promise<void> | undefined)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const serve = async (behaviour: (statement: string) => Reply) => {
  const server = await fakePostgres(behaviour);
  cleanups.push(server.close);
  return server;
};

const open = async (port: number, timeoutMs = 5_000): Promise<Client> => {
  const options = { port, timeoutMs, isolation: 'serializable', table: listAppendTable } as const;
  const client = await transactionClient(options).open(nodeAt('127.0.0.1'));
  cleanups.push(() => client.close?.());
  return client;
};

const op = (value: unknown): Op => ({
  index: 0,
  time: 0,
  process: 0,
  type: 'invoke',
  f: 'txn',
  value,
});
const changing = op([
  ['r', 1, null],
  ['append', 2, 7],
]);
const reading = op([['r', 1, null]]);

const invoke = (client: Client, what: Op): Promise<Completion> =>
  client.invoke(what, new AbortController().signal);

/** Fine up to the statement that begins so, which gets this reply. */
const at =
  (start: string, reply: Reply) =>
  (statement: string): Reply =>
    statement.startsWith(start) ? reply : fine(statement);

describe('a server that is well', () => {
  test('steps in order within one transaction at the level asked for; reads are filled in', async () => {
    const server = await serve(fine);
    const client = await open(server.port);
    expect(await invoke(client, changing)).toEqual({
      type: 'ok',
      value: [
        ['r', 1, [1, 2]],
        ['append', 2, 7],
      ],
    });
    expect(server.statements.map((statement) => statement.split(' ')[0])).toEqual([
      'BEGIN',
      'SELECT',
      'INSERT',
      'COMMIT',
    ]);
    expect(server.statements[0]).toBe('BEGIN ISOLATION LEVEL SERIALIZABLE');
  });

  test('what the workload got wrong is our bug, not an answer', async () => {
    const client = await open((await serve(fine)).port);
    await expect(invoke(client, op([['w', 1, 2]]))).rejects.toThrow('no step w');
    await expect(invoke(client, op([['append', 1, 'x']]))).rejects.toThrow('whole numbers');
    await expect(invoke(client, { ...changing, f: 'read' })).rejects.toThrow('no operation read');
  });
});

describe('before COMMIT everything proves that nothing happened', () => {
  const cuts = ['BEGIN', 'SELECT', 'INSERT'].flatMap((start) =>
    (['reset', 'close'] as const).map((end) => [start, end] as const),
  );
  test.each(cuts)('connection lost at %s (%s)', async (start, end) => {
    const server = await serve(at(start, { end }));
    expect((await invoke(await open(server.port), changing)).type).toBe('fail');
    expect(server.statements).not.toContain('COMMIT');
  });

  test('no answer to a statement within the time-out', async () => {
    const server = await serve(at('INSERT', {}));
    expect(await invoke(await open(server.port, 100), changing)).toMatchObject({
      type: 'fail',
      error: ['timeout', expect.any(String)],
    });
    expect(server.statements).not.toContain('COMMIT');
  });

  test('refused by the server: rolled back, and the connection serves the next one', async () => {
    let refuse = true;
    const refusal = { send: [errorResponse('ERROR', '40001', 'could not serialize'), ready] };
    const server = await serve((statement) =>
      statement.startsWith('INSERT') && refuse ? refusal : fine(statement),
    );
    const client = await open(server.port);
    expect(await invoke(client, changing)).toEqual({
      type: 'fail',
      error: ['serialization-failure', 'could not serialize'],
    });
    expect(server.statements.at(-1)).toBe('ROLLBACK');
    refuse = false;
    expect((await invoke(client, changing)).type).toBe('ok');
  });

  test('nobody listens', async () => {
    const server = await fakePostgres(fine);
    await server.close();
    expect(await invoke(await open(server.port), changing)).toMatchObject({
      type: 'fail',
      error: ['ECONNREFUSED', expect.any(String)],
    });
  });

  test('aborted before it began', async () => {
    const server = await serve(fine);
    const client = await open(server.port);
    expect(await client.invoke(changing, AbortSignal.abort())).toMatchObject({
      type: 'fail',
      error: ['aborted', expect.any(String)],
    });
    expect(server.statements).toEqual([]);
  });
});

describe('COMMIT', () => {
  // Written down a second time on purpose: a row that becomes `none` has to be argued in two places.
  const definite = ['23505', '25P02', '40001', '40002', '40P01'];
  test('only what is checked before the commit record has no effect', () => {
    const none = commitFailures.filter(({ effect }) => effect === 'none');
    expect(none.map(({ sqlState }) => sqlState).sort()).toEqual(definite);
    expect(new Set(commitFailures.map(({ sqlState }) => sqlState)).size).toBe(
      commitFailures.length,
    );
  });

  const states = [...commitFailures.map(({ sqlState }) => sqlState), 'XX000', '08006'];
  test.each(states)('answered by ERROR %s', async (state) => {
    const reply = { send: [errorResponse('ERROR', state, 'no'), ready] };
    const client = await open((await serve(at('COMMIT', reply))).port);
    const type = definite.includes(state) ? 'fail' : 'info';
    expect((await invoke(client, changing)).type).toBe(type);
    expect((await invoke(client, reading)).type).toBe('fail');
  });

  test.each(states)('answered by FATAL %s: unknown', async (state) => {
    const reply = { send: [errorResponse('FATAL', state, 'no')], end: 'close' } as const;
    const client = await open((await serve(at('COMMIT', reply))).port);
    expect((await invoke(client, changing)).type).toBe('info');
  });

  test.each([
    ['reset', { end: 'reset' }],
    ['closed', { end: 'close' }],
    ['hanging', {}],
    ['cut in the middle', { send: [complete('COMMIT').subarray(0, 7)], end: 'close' }],
    [
      'answered by noise',
      { send: [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], end: 'close' },
    ],
  ] as const)('%s: a change is unknown, a read failed', async (_, reply) => {
    const { port } = await serve(at('COMMIT', reply as Reply));
    expect((await invoke(await open(port, 300), changing)).type).toBe('info');
    expect((await invoke(await open(port, 300), reading)).type).toBe('fail');
  });

  test('answered by ROLLBACK: it did not commit', async () => {
    const reply = { send: [complete('ROLLBACK'), ready] };
    const client = await open((await serve(at('COMMIT', reply))).port);
    expect(await invoke(client, changing)).toMatchObject({
      type: 'fail',
      error: ['rolled-back', 'ROLLBACK'],
    });
  });

  test('a client that lost its connection makes a new one for the next operation', async () => {
    let lose = true;
    const server = await serve((statement) =>
      statement === 'COMMIT' && lose ? { end: 'reset' } : fine(statement),
    );
    const client = await open(server.port);
    expect((await invoke(client, changing)).type).toBe('info');
    lose = false;
    expect((await invoke(client, changing)).type).toBe('ok');
  });
});

test('whatever a server does, a change whose COMMIT it got without refusing it is not a failure', async () => {
  const reply = fc.oneof(
    fc.constant<Reply | 'fine'>('fine'),
    fc.record({
      send: fc.array(
        fc.oneof(
          fc.constantFrom(complete('COMMIT'), complete('INSERT 0 1'), ready),
          fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
        ),
        { maxLength: 3 },
      ),
      end: fc.constantFrom('reset' as const, 'close' as const),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(reply, { minLength: 4, maxLength: 4 }), async (replies) => {
      let i = 0;
      const server = await fakePostgres((statement) => {
        const next = replies[i++] ?? 'fine';
        return next === 'fine' ? fine(statement) : next;
      });
      const client = await open(server.port, 300);
      const { type } = await invoke(client, changing);
      if (server.statements.includes('COMMIT')) expect(type).not.toBe('fail');
      await client.close?.();
      await server.close();
    }),
    { numRuns: 200 },
  );
});
