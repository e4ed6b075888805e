// The register client: read, write and compare-and-set by key, each client through one node's gateway.
import { AssertionError, assert } from '../../base/assert.ts';
import type { Client } from '../../contract/client.ts';
import type { Completion, Op } from '../../history/op.ts';
import { completionOf } from './errors.ts';
import { closeGateway, compareAndSet, type Gateway, gatewayOf, put, range } from './gateway.ts';

export type RegisterOptions = {
  readonly port: number;
  /** Milliseconds after which an operation is given up: a read failed, anything else is unknown. */
  readonly timeoutMs: number;
  /** Reads what the node has, without asking its leader: may be stale. */
  readonly serializable: boolean;
};

const keyPrefix = 'ordeal/register/';

/** A prototype: `open` makes a client of a node; it connects with its first operation. Values are whole numbers. */
export const registerClient = (options: RegisterOptions): Client => ({
  open: async (node) => openClient(gatewayOf(node.address, options.port), options),
  invoke: () => Promise.reject(new Error('a client prototype is opened before it is used')),
});

const openClient = (gateway: Gateway, options: RegisterOptions): Client => ({
  open: async (node) => openClient(gatewayOf(node.address, options.port), options),
  invoke: async (op, signal) => {
    const perform = performers[op.f];
    assert(perform, `a register has no operation ${op.f}: read, write and cas exist`);
    assert(op.key !== undefined, `${op.f} without a key at index ${op.index}`);
    try {
      return await perform({ gateway, key: `${keyPrefix}${op.key}`, op, signal, options });
    } catch (thrown) {
      if (thrown instanceof AssertionError) throw thrown;
      return completionOf(thrown, op.f !== 'read');
    }
  },
  close: async () => closeGateway(gateway),
});

type Request = {
  readonly gateway: Gateway;
  readonly key: string;
  readonly op: Op;
  readonly signal: AbortSignal;
  readonly options: RegisterOptions;
};

const read = async ({ gateway, key, signal, options }: Request): Promise<Completion> => {
  const { timeoutMs, serializable } = options;
  const text = await range(gateway, key, { timeoutMs, signal, serializable });
  return { type: 'ok', value: text === undefined ? null : numberOf(text) };
};

const write = async ({ gateway, key, op, signal, options }: Request): Promise<Completion> => {
  const value = textOf(op.value);
  await put(gateway, { key, value }, { timeoutMs: options.timeoutMs, signal });
  return { type: 'ok' };
};

const cas = async ({ gateway, key, op, signal, options }: Request): Promise<Completion> => {
  assert(Array.isArray(op.value) && op.value.length === 2, 'a cas has the value [from, to]');
  const change = { key, from: textOf(op.value[0]), to: textOf(op.value[1]) };
  const done = await compareAndSet(gateway, change, { timeoutMs: options.timeoutMs, signal });
  return done ? { type: 'ok' } : { type: 'fail', error: ['not-equal'] };
};

const performers: { readonly [f: string]: (request: Request) => Promise<Completion> } = {
  read,
  write,
  cas,
};

const textOf = (value: unknown): string => {
  assert(
    Number.isSafeInteger(value),
    `a register holds whole numbers, not ${JSON.stringify(value)}`,
  );
  return String(value);
};

/** What nobody wrote is kept as it is, for the checker to complain of. */
const numberOf = (text: string): number | string =>
  /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
