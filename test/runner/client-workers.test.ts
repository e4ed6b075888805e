// Clients in threads of their own: they answer as they would here, and what they do to their thread ends nothing else.
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { rngOf } from '../../src/base/random.ts';
import type { Node } from '../../src/contract/node.ts';
import type { GenLike } from '../../src/generator/generator.ts';
import { clients, limit, phases, repeat, sleep } from '../../src/generator/index.ts';
import type { Op } from '../../src/history/op.ts';
import { type ClientWorkers, openClientWorkers } from '../../src/runner/client-workers.ts';
import { perform, startClock } from '../../src/runner/perform.ts';
import { system } from '../fixtures/threaded-system.ts';

const fixture = pathToFileURL(`${import.meta.dirname}/../fixtures/threaded-system.ts`).href;
const nodeOf = (name: string): Node =>
  ({ name, address: 'x', addresses: ['x'] }) as unknown as Node;

const said: string[] = [];
const open: ClientWorkers[] = [];
const workers = (count: number): ClientWorkers => {
  const nodes = ['n1', 'n2', 'n9'].map((name) => ({ name, address: 'x', addresses: ['x'] }));
  const prototype = system.clients['misbehaving']?.({
    nodes: [],
    options: {},
    log: () => undefined,
    signal: new AbortController().signal,
  });
  const made = openClientWorkers({
    count,
    data: { system: fixture, vocabulary: 'misbehaving', nodes, options: {} },
    prototype: prototype as NonNullable<typeof prototype>,
    onLog: (message) => void said.push(message),
    onStray: (message) => void said.push(`stray: ${message}`),
    unresponsiveMs: 150,
  });
  open.push(made);
  return made;
};
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  said.length = 0;
});

const run = async (generator: GenLike, count: number, concurrency = 1): Promise<readonly Op[]> => {
  const { client } = workers(count);
  const history: Op[] = [];
  await perform({
    generator: clients(generator),
    concurrency,
    rng: rngOf(1),
    clock: startClock(),
    journal: {
      append: (op) => void history.push(op),
      flush: async () => undefined,
      close: async () => undefined,
    },
    openClient: (thread) => client.open(nodeOf(`n${(thread % 2) + 1}`)),
    invokeNemesis: async () => ({ type: 'info' }),
    deadlineMs: 1000,
  });
  return history.filter((op) => op.type !== 'invoke');
};

test('clients share the threads, never the main one, and keep their nodes', async () => {
  const ends = await run(limit(40, repeat({ f: 'where' })), 2, 4);
  expect(ends.map((op) => op.type)).toEqual(Array(40).fill('ok'));
  const values = ends.map((op) => op.value as [string, boolean, number]);
  expect(values.every(([, isMain]) => !isMain)).toBe(true);
  expect(new Set(values.map(([, , thread]) => thread)).size).toBe(2);
  for (const [i, op] of ends.entries())
    expect(values[i]?.[0]).toBe(`n${(Number(op.process) % 2) + 1}`);
});

test('values and errors arrive as they left', async () => {
  const value = { list: [1, 'a', null], big: 2n ** 70n };
  const ends = await run(
    [
      { f: 'echo', value },
      { f: 'definite' },
      { f: 'reset' },
      { f: 'function' },
      { f: 'echo', value: 1 },
    ],
    1,
  );
  expect(ends.map((op) => [op.type, op.error?.[0]])).toEqual([
    ['ok', undefined],
    ['fail', 'REFUSED'],
    ['info', 'ECONNRESET'],
    ['info', 'DataCloneError'],
    ['ok', undefined],
  ]);
  expect(ends[0]?.value).toEqual(value);
});

test('a thread that ends costs its own operation, and is replaced', async () => {
  const ends = await run(phases({ f: 'exit' }, { f: 'where' }), 1);
  expect(ends.map((op) => op.type)).toEqual(['info', 'ok']);
  expect(ends[0]?.error).toEqual(['client-worker-died', 'the client thread ended: exit code 3']);
});

test('an abort reaches the client; one that spins for ever is ended with its thread', async () => {
  const ends = await run(phases({ f: 'wait' }, { f: 'spin' }, sleep(0.5), { f: 'where' }), 1);
  expect(ends.map((op) => [op.f, op.type, op.error?.[0]])).toEqual([
    ['wait', 'info', 'timeout'],
    ['spin', 'info', 'timeout'],
    ['where', 'ok', undefined],
  ]);
});

test('a client that cannot be opened says why; strays and logs are told; setup is known and done there', async () => {
  const { client } = workers(1);
  await expect(client.open(nodeOf('n9'))).rejects.toThrow('nobody at n9');
  expect([client.setup !== undefined, client.teardown !== undefined]).toEqual([true, false]);
  const opened = await client.open(nodeOf('n1'));
  await opened.setup?.();
  const op = { f: 'stray', value: null } as unknown as Op;
  expect(await opened.invoke(op, new AbortController().signal)).toEqual({ type: 'ok' });
  expect(said).toEqual(['setup', 'stray: in the background']);
  await opened.close?.();
});
