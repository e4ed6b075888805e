// The inside of a client thread: makes the client prototype, opens clients, performs what it is told.
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../base/assert.ts';
import { messageOf } from '../base/errors.ts';
import type { Client } from '../contract/client.ts';
import type { Node } from '../contract/node.ts';
import type { System, SystemContext } from '../contract/system.ts';
import type {
  ClientThreadData,
  FromThread,
  PlainNode,
  ThrownText,
  ToThread,
} from './client-messages.ts';

const data = workerData as ClientThreadData;
const port = parentPort;
assert(port !== null, 'not in a thread');
const send = (message: FromThread): void => port.postMessage(message);

const unreachable = async (): Promise<never> => {
  throw new Error('client threads have no sessions on nodes: use --client-workers 0');
};
const nodeOf = ({ name, address, addresses }: PlainNode): Node => ({
  name,
  address,
  addresses,
  remote: {
    node: name,
    exec: unreachable,
    upload: unreachable,
    download: unreachable,
    close: async () => undefined,
  },
});

const interrupt = new AbortController();
const nodes = data.nodes.map(nodeOf);
const context: SystemContext = {
  nodes,
  options: data.options,
  log: (message, node) => send({ kind: 'log', message, ...(node === undefined ? {} : { node }) }),
  signal: interrupt.signal,
};

const makePrototype = async (): Promise<Client> => {
  const { system }: { system: System } = await import(data.system);
  const client = system.clients[data.vocabulary]?.(context);
  assert(client !== undefined, `${data.system} has no client for ${data.vocabulary}`);
  return client;
};

const prototype = makePrototype();
// Told to whoever opens a client; nobody may be listening yet.
prototype.catch(() => undefined);
const clients = new Map<number, Client>();
let opened = 0;
const underWay = new Map<number, AbortController>();

const clientOf = (number: number): Client => {
  const client = clients.get(number);
  assert(client !== undefined, `no client ${number}`);
  return client;
};

const open = async (name: string): Promise<number> => {
  const node = nodes.find((each) => each.name === name);
  assert(node !== undefined, `no node ${name}`);
  const client = await (await prototype).open(node);
  if (typeof client?.invoke !== 'function') throw new Error('open returned no client');
  clients.set(opened, client);
  return opened++;
};

type Call = Exclude<ToThread, { readonly kind: 'abort' | 'interrupt' }>;

const carryOut = async (call: Call, signal: AbortSignal): Promise<unknown> => {
  if (call.kind === 'open') return open(call.node);
  const client = clientOf(call.client);
  if (call.kind === 'invoke') return client.invoke(call.op, signal);
  if (call.kind === 'close') clients.delete(call.client);
  return client[call.kind]?.();
};

const textOf = (thrown: unknown): ThrownText => {
  if (!(thrown instanceof Error)) return { name: 'thrown', message: messageOf(thrown) };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? { code: thrown.code } : {};
  return { name: thrown.name, message: messageOf(thrown), ...code };
};

const answer = async (call: Call): Promise<void> => {
  const controller = new AbortController();
  underWay.set(call.id, controller);
  try {
    send({ kind: 'answer', id: call.id, value: await carryOut(call, controller.signal) });
  } catch (thrown) {
    // Also what cannot be sent, e.g. a function as value.
    send({ kind: 'thrown', id: call.id, error: textOf(thrown) });
  }
  underWay.delete(call.id);
};

port.on('message', (message: ToThread) => {
  if (message.kind === 'interrupt') interrupt.abort();
  else if (message.kind === 'abort') {
    send({ kind: 'aborting', id: message.id });
    underWay.get(message.id)?.abort();
  } else void answer(message);
});
const onStray = (thrown: unknown): void => send({ kind: 'stray', message: messageOf(thrown) });
process.on('uncaughtException', onStray);
process.on('unhandledRejection', onStray);
