// etcd's transactions of several keys over the gateway: a read of many at one revision, and puts guarded by it.
import {
  BadAnswerError,
  base64,
  type CallOptions,
  call,
  type Gateway,
  isObject,
  textOf,
} from './gateway.ts';

/** What a key held at the revision that was read. */
export type Held = {
  readonly key: string;
  /** Undefined when there is no such key. */
  readonly value: string | undefined;
  /** Revision of its last change as etcd gives it, a decimal; `0` when there is no such key. */
  readonly modRevision: string;
};

/** Reads keys at one revision, in the order asked for; `serializable` reads what this node has, however old. */
export const rangeAll = async (
  gateway: Gateway,
  keys: readonly string[],
  options: CallOptions & { readonly serializable: boolean },
): Promise<readonly Held[]> => {
  const { serializable, ...rest } = options;
  const success = keys.map((key) => ({ requestRange: { key: base64(key), serializable } }));
  const { responses } = await call(gateway, '/v3/kv/txn', { ...rest, body: { success } });
  if (!Array.isArray(responses) || responses.length !== keys.length)
    throw new BadAnswerError(`${keys.length} answers expected: ${JSON.stringify(responses)}`);
  return keys.map((key, i) => heldOf(key, responses[i]));
};

const heldOf = (key: string, response: unknown): Held => {
  const range: unknown = isObject(response) ? response.response_range : undefined;
  if (!isObject(range)) throw new BadAnswerError(`not a range: ${JSON.stringify(response)}`);
  const { kvs = [] } = range;
  const first: unknown = Array.isArray(kvs) ? kvs[0] : null;
  if (first === undefined) return { key, value: undefined, modRevision: '0' };
  if (!isObject(first) || first.key !== base64(key) || typeof first.value !== 'string')
    throw new BadAnswerError(`an answer about another key: ${JSON.stringify(kvs)}`);
  const modRevision = String(first.mod_revision);
  if (!/^[1-9]\d*$/.test(modRevision)) throw new BadAnswerError(`not a revision: ${modRevision}`);
  return { key, value: textOf(first.value), modRevision };
};

/** Puts everything when no guarded key has changed since it was read, nothing otherwise; resolves with whether it did. */
export const putGuarded = async (
  gateway: Gateway,
  change: {
    readonly guards: readonly Held[];
    readonly puts: readonly { readonly key: string; readonly value: string }[];
  },
  options: CallOptions,
): Promise<boolean> => {
  const compare = change.guards.map(({ key, modRevision }) => ({
    key: base64(key),
    target: 'MOD',
    result: 'EQUAL',
    modRevision,
  }));
  const success = change.puts.map(({ key, value }) => ({
    requestPut: { key: base64(key), value: base64(value) },
  }));
  const body = { compare, success };
  const { succeeded = false } = await call(gateway, '/v3/kv/txn', { ...options, body });
  if (typeof succeeded !== 'boolean')
    throw new BadAnswerError(`succeeded is ${JSON.stringify(succeeded)}`);
  return succeeded;
};
