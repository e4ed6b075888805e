// The register client against tiny servers that reset, hang and cut: a write that may have arrived is never `fail`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Client } from '../../src/contract/client.ts';
import type { Completion, Op } from '../../src/history/op.ts';
import { etcdFailures } from '../../src/systems/etcd/errors.ts';
import { registerClient } from '../../src/systems/etcd/register.ts';
import {
  answerText,
  type Behaviour,
  chunkedText,
  fakeServer,
  isWholeRequest,
} from './fake-server.ts';
import { nodeAt } from './real-etcd.ts';

const cleanups: (() => Promise<void> | undefined)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const open = async (port: number, timeoutMs = 5_000): Promise<Client> => {
  const client = await registerClient({ port, timeoutMs, serializable: false }).open(
    nodeAt('127.0.0.1'),
  );
  cleanups.push(() => client.close?.());
  return client;
};

const serve = async (behaviour: Behaviour) => {
  const server = await fakeServer(behaviour);
  cleanups.push(server.close);
  return server;
};

const op = (f: string, value: unknown): Op => ({
  index: 0,
  time: 0,
  process: 0,
  type: 'invoke',
  key: 'k',
  f,
  value,
});
const operations = {
  read: op('read', null),
  write: op('write', 3),
  cas: op('cas', [1, 2]),
} as const;
type F = keyof typeof operations;
const fs = Object.keys(operations) as F[];

const invoke = (client: Client, f: F, signal = new AbortController().signal): Promise<Completion> =>
  client.invoke(operations[f], signal);

const header = { cluster_id: '1', member_id: '2', revision: '3', raft_term: '4' };
const key = Buffer.from('ordeal/register/k').toString('base64');
const good: { readonly [f in F]: string } = {
  read: JSON.stringify({ header, kvs: [{ key, value: 'NQ==' }], count: '1' }),
  write: JSON.stringify({ header }),
  cas: JSON.stringify({ header, succeeded: true }),
};
const goodCompletion: { readonly [f in F]: Completion } = {
  read: { type: 'ok', value: 5 },
  write: { type: 'ok' },
  cas: { type: 'ok' },
};
/** How an operation that may have happened, and whose answer is missing, must end. */
const uncertain: { readonly [f in F]: Completion['type'] } = {
  read: 'fail',
  write: 'info',
  cas: 'info',
};

/** Answers every whole request with `text`. */
const answering =
  (text: string): Behaviour =>
  ({ socket, received }) => {
    if (isWholeRequest(received())) socket.write(text);
  };

describe('answers', () => {
  test.each(fs)('a good answer to %s is ok', async (f) => {
    const client = await open((await serve(answering(answerText('200 OK', good[f])))).port);
    expect(await invoke(client, f)).toEqual(goodCompletion[f]);
  });

  test('an absent key reads null, and a cas that did not compare equal fails', async () => {
    const client = await open(
      (await serve(answering(answerText('200 OK', JSON.stringify({ header }))))).port,
    );
    expect(await invoke(client, 'read')).toEqual({ type: 'ok', value: null });
    const second = await open(
      (await serve(answering(answerText('200 OK', JSON.stringify({ header }))))).port,
    );
    expect(await invoke(second, 'cas')).toEqual({ type: 'fail', error: ['not-equal'] });
  });

  test('a value that is no whole number is read as it is', async () => {
    const value = Buffer.from('seven').toString('base64');
    const body = JSON.stringify({ header, kvs: [{ key, value }] });
    const client = await open((await serve(answering(answerText('200 OK', body)))).port);
    expect(await invoke(client, 'read')).toEqual({ type: 'ok', value: 'seven' });
  });

  const strange = [
    '{}',
    'null',
    '[]',
    '',
    'header',
    '{"header":1}',
    JSON.stringify({ header, kvs: [{ key: 'other', value: 'NQ==' }], succeeded: 'yes' }),
  ];
  test.each(strange)('%j is believed of no read and no cas', async (body) => {
    const { port } = await serve(answering(answerText('200 OK', body)));
    expect((await invoke(await open(port), 'read')).type).toBe('fail');
    expect((await invoke(await open(port), 'cas')).type).toBe('info');
  });

  test('an endless answer is given up', async () => {
    const { port } = await serve(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      for (let i = 0; i < 40; i++) socket.write('x'.repeat(100_000));
    });
    expect(await invoke(await open(port), 'write')).toMatchObject({
      type: 'info',
      error: ['answer-too-long', expect.any(String)],
    });
  });
});

describe('what etcd says', () => {
  // Written down a second time on purpose: a row that becomes `none` has to be argued in two places.
  const definite = [
    'etcdserver: key is not provided',
    'etcdserver: no leader',
    'etcdserver: not capable',
    'etcdserver: request is too large',
    'etcdserver: rpc not supported for learner',
    'etcdserver: too many requests',
    'raft proposal dropped',
  ];
  test('only what is refused before it is proposed has no effect', () => {
    const none = etcdFailures.filter(({ effect }) => effect === 'none');
    expect(none.map(({ message }) => message).sort()).toEqual(definite);
    expect(new Set(etcdFailures.map(({ message }) => message)).size).toBe(etcdFailures.length);
    expect(new Set(etcdFailures.map(({ code }) => code)).size).toBe(etcdFailures.length);
  });

  const rows = etcdFailures.flatMap((failure) => fs.map((f) => ({ ...failure, f })));
  test.each(rows)('$message, to $f', async ({ message, code, f }) => {
    const body = JSON.stringify({ error: message, message, code: 14 });
    const { port } = await serve(answering(chunkedText('503 Service Unavailable', body)));
    const type = definite.includes(message) ? 'fail' : uncertain[f];
    expect(await invoke(await open(port), f)).toEqual({ type, error: [code, message] });
  });

  const others = ['', 'etcdserver: something new', 'etcdserver: too many requests, or so'];
  test.each(others)('an unknown message (%j) proves nothing', async (message) => {
    const { port } = await serve(
      answering(answerText('500 Internal Server Error', JSON.stringify({ message }))),
    );
    expect((await invoke(await open(port), 'write')).type).toBe('info');
    expect((await invoke(await open(port), 'read')).type).toBe('fail');
  });
});

const listenWithShortQueue = `
  const server = require('node:net').createServer(() => undefined);
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));
`;

describe('sockets', () => {
  test.each(fs)('a refused connection: %s certainly did not happen', async (f) => {
    const server = await fakeServer(() => undefined);
    await server.close();
    expect(await invoke(await open(server.port), f)).toMatchObject({
      type: 'fail',
      error: ['ECONNREFUSED', expect.any(String)],
    });
  });

  test.each(fs)('aborted before it began: %s certainly did not happen', async (f) => {
    const server = await serve(answering(answerText('200 OK', good[f])));
    expect(await invoke(await open(server.port), f, AbortSignal.abort())).toMatchObject({
      type: 'fail',
      error: ['aborted', expect.any(String)],
    });
    expect(server.connections.join('')).toBe('');
  });

  test.each(fs)('no answer within the time-out: %s', async (f) => {
    const server = await serve(() => undefined);
    expect(await invoke(await open(server.port, 100), f)).toMatchObject({
      type: uncertain[f],
      error: ['timeout', expect.any(String)],
    });
    expect(isWholeRequest(server.connections[0] as string)).toBe(true);
  });

  test.each(fs)('aborted while it waits: %s, and the connection is closed', async (f) => {
    const abort = new AbortController();
    let closed: Promise<unknown> | undefined;
    const server = await serve(({ socket }) => {
      closed = new Promise((resolve) => socket.on('close', resolve));
      abort.abort();
    });
    expect(await invoke(await open(server.port), f, abort.signal)).toMatchObject({
      type: uncertain[f],
      error: ['aborted', expect.any(String)],
    });
    await closed;
  });

  test('a stopped server: unknown once connected, certain while its queue is full', async () => {
    const child = spawn(process.execPath, ['-e', listenWithShortQueue], { stdio: 'pipe' });
    cleanups.push(async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
    });
    const [line] = await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    const ends: Completion[] = [];
    for (let i = 0; i < 4; i++) ends.push(await invoke(await open(Number(line), 100), 'write'));
    // The queue of length 1 takes two connections; the kernel ignores whoever comes after them.
    expect(ends.map(({ type, error }) => [type, error?.[0]])).toEqual([
      ['info', 'timeout'],
      ['info', 'timeout'],
      ['fail', 'timeout'],
      ['fail', 'timeout'],
    ]);
  });

  test('one connection serves one operation after another', async () => {
    const server = await serve(({ socket }) => socket.write(answerText('200 OK', good.write)));
    const client = await open(server.port);
    for (let i = 0; i < 5; i++) expect((await invoke(client, 'write')).type).toBe('ok');
    expect(server.connections).toHaveLength(1);
  });

  test('a kept connection that is reset when it is used again leaves a write unknown', async () => {
    const server = await serve(({ socket }, piece) => {
      if (piece === 1) socket.write(answerText('200 OK', good.write));
      else socket.resetAndDestroy();
    });
    const client = await open(server.port);
    expect((await invoke(client, 'write')).type).toBe('ok');
    expect((await invoke(client, 'write')).type).toBe('info');
    expect((await invoke(client, 'write')).type).toBe('ok');
    expect(server.connections).toHaveLength(2);
  });

  test('a kept connection that the server closed: never a wrong fail, and then a new one', async () => {
    const server = await serve(({ socket }) => socket.end(answerText('200 OK', good.write)));
    const client = await open(server.port);
    for (let i = 0; i < 20; i++) {
      const before = server.connections.join('').length;
      const { type } = await invoke(client, 'write');
      expect(type).not.toBe('fail');
      if (type === 'ok') expect(server.connections.join('').length).toBeGreaterThan(before);
    }
  });
});

describe('a fault at every byte', () => {
  const cuts = {
    reset: (visit: { socket: { resetAndDestroy(): unknown } }) => visit.socket.resetAndDestroy(),
    end: (visit: { socket: { end(): unknown } }) => visit.socket.end(),
  } as const;
  const forms = { lengths: answerText, chunks: chunkedText } as const;
  const rows = fs.flatMap((f) =>
    (['reset', 'end'] as const).flatMap((cut) =>
      (['lengths', 'chunks'] as const).map((form) => ({ f, cut, form })),
    ),
  );

  test.each(rows)('of the answer to $f ($cut, $form)', async ({ f, cut, form }) => {
    const text = forms[form]('200 OK', good[f]);
    let bytes = 0;
    const { port } = await serve((visit) => {
      if (!isWholeRequest(visit.received())) return;
      if (bytes > 0) visit.socket.write(text.slice(0, bytes));
      // The reset must not overtake what was written before it.
      setTimeout(() => cuts[cut](visit), 1);
    });
    for (bytes = 0; bytes < text.length; bytes += 1) {
      const completion = await invoke(await open(port), f);
      expect({ bytes, type: completion.type }).toEqual({ bytes, type: uncertain[f] });
    }
    expect(await invoke(await open(port), f)).toEqual(goodCompletion[f]);
  });

  test.each(fs)('of the request of %s', async (f) => {
    let bytes = Number.POSITIVE_INFINITY;
    const server = await serve((visit) => {
      if (visit.received().length >= bytes) visit.socket.resetAndDestroy();
      else if (isWholeRequest(visit.received())) visit.socket.write(answerText('200 OK', good[f]));
    });
    expect(await invoke(await open(server.port), f)).toEqual(goodCompletion[f]);
    const { length } = server.connections[0] as string;
    for (bytes = 1; bytes <= length; bytes += 5)
      expect((await invoke(await open(server.port), f)).type).toBe(uncertain[f]);
    expect(server.connections.every((text) => text.length > 0)).toBe(true);
  });

  test('whatever a server does, a write that it got whole is not a failure', async () => {
    const unequals = [good.read, good.write].map((body) => answerText('200 OK', body));
    const action = fc.record({
      f: fc.constantFrom(...fs),
      text: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(...fs.map((f) => answerText('200 OK', good[f]))),
        fc.nat(600).map((n) => answerText('200 OK', good.write).slice(0, n)),
      ),
      after: fc.constantFrom('reset', 'end', 'hang'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 4 }), async (actions) => {
        let current = actions[0] as (typeof actions)[number];
        let arrived = false;
        const server = await fakeServer(({ socket, received }) => {
          arrived ||= isWholeRequest(received());
          socket.write(current.text);
          if (current.after === 'reset') socket.resetAndDestroy();
          if (current.after === 'end') socket.end();
        });
        const client = await open(server.port, 50);
        for (current of actions) {
          arrived = false;
          const { type } = await invoke(client, current.f);
          // A header without `succeeded` is how etcd says that a cas did not compare equal.
          const unequal = current.f === 'cas' && unequals.includes(current.text);
          if (arrived && current.f !== 'read' && !unequal) expect(type).not.toBe('fail');
        }
        await client.close?.();
        await server.close();
      }),
      { numRuns: 60 },
    );
  });
});
