// etcd's v3 API over its JSON gateway: requests written, answers parsed and checked, nothing believed that is incomplete.
import { Agent } from 'node:http';
import { type Answer, exchange } from './exchange.ts';

/** A node's client port; at most one connection at a time, kept alive between calls. */
export type Gateway = {
  readonly host: string;
  readonly port: number;
  readonly agent: Agent;
};
export type CallOptions = {
  /** Milliseconds until the call is given up. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
};

/** An answer of etcd's that says no: the gateway's `message`, and the HTTP status. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** An answer that is complete as HTTP, but not what the API promises. */
export class BadAnswerError extends Error {
  override readonly name = 'BadAnswerError';
}

/** Makes no connection yet. */
export const gatewayOf = (host: string, port: number): Gateway => ({
  host,
  port,
  agent: new Agent({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 }),
});

export const closeGateway = (gateway: Gateway): void => gateway.agent.destroy();

export type Json = { readonly [key: string]: unknown };
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (answer: Answer): Json => {
  let value: unknown;
  try {
    value = JSON.parse(answer.body);
  } catch {
    value = undefined;
  }
  if (answer.status !== 200) {
    const message = isObject(value) && typeof value.message === 'string' ? value.message : '';
    throw new EtcdError(message || `HTTP status ${answer.status}`, answer.status);
  }
  // Every answer of etcd's carries a header; `{}` must not be taken for "no such key" or "compared unequal".
  if (!isObject(value) || !isObject(value.header))
    throw new BadAnswerError(`not an answer of etcd: ${answer.body.slice(0, 200)}`);
  return value;
};

/** One call of the API; rejects with `ExchangeError`, `EtcdError` or `BadAnswerError`. */
export const call = async (
  gateway: Gateway,
  path: string,
  options: CallOptions & { readonly body: Json },
): Promise<Json> => {
  const { body, ...rest } = options;
  return parse(await exchange({ ...gateway, ...rest, path, body: JSON.stringify(body) }));
};

/** How the JSON gateway writes bytes. */
export const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
export const textOf = (value: unknown): string =>
  Buffer.from(String(value), 'base64').toString('utf8');

/** The value of a key, undefined when there is none; `serializable` reads what this node has, however old. */
export const range = async (
  gateway: Gateway,
  key: string,
  options: CallOptions & { readonly serializable: boolean },
): Promise<string | undefined> => {
  const { serializable, ...rest } = options;
  const body = { key: base64(key), serializable };
  const { kvs = [] } = await call(gateway, '/v3/kv/range', { ...rest, body });
  const first: unknown = Array.isArray(kvs) ? kvs[0] : null;
  if (first === undefined) return undefined;
  if (!isObject(first) || first.key !== base64(key) || typeof first.value !== 'string')
    throw new BadAnswerError(`an answer about another key: ${JSON.stringify(kvs)}`);
  return textOf(first.value);
};

export const put = async (
  gateway: Gateway,
  entry: { readonly key: string; readonly value: string },
  options: CallOptions,
): Promise<void> => {
  const body = { key: base64(entry.key), value: base64(entry.value) };
  await call(gateway, '/v3/kv/put', { ...options, body });
};

/** Puts `to` when the key holds `from`; resolves with whether it did. Never equal when the key is absent. */
export const compareAndSet = async (
  gateway: Gateway,
  change: { readonly key: string; readonly from: string; readonly to: string },
  options: CallOptions,
): Promise<boolean> => {
  const key = base64(change.key);
  const body = {
    compare: [{ key, target: 'VALUE', result: 'EQUAL', value: base64(change.from) }],
    success: [{ requestPut: { key, value: base64(change.to) } }],
  };
  const { succeeded = false } = await call(gateway, '/v3/kv/txn', { ...options, body });
  if (typeof succeeded !== 'boolean')
    throw new BadAnswerError(`succeeded is ${JSON.stringify(succeeded)}`);
  return succeeded;
};

/** What the asked node believes: its own id, the leader's (`0`: none) and the term. */
export type Status = { readonly self: string; readonly leader: string; readonly term: bigint };

export const status = async (gateway: Gateway, options: CallOptions): Promise<Status> => {
  const answer = await call(gateway, '/v3/maintenance/status', { ...options, body: {} });
  const { member_id: self = '' } = answer.header as Json;
  // proto3 leaves out what is zero.
  const { leader = 0, raftTerm = 0 } = answer;
  return { self: String(self), leader: String(leader), term: bigintOf(raftTerm) };
};

const bigintOf = (value: unknown): bigint => {
  const text = String(value);
  if (!/^\d+$/.test(text)) throw new BadAnswerError(`not a whole number: ${text.slice(0, 40)}`);
  return BigInt(text);
};

export type Member = {
  readonly id: string;
  /** Empty in a member that was added and has not started yet. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Empty until the member has started for the first time. */
  readonly clientUrls: readonly string[];
};
export type MemberList = { readonly members: readonly Member[]; readonly term: bigint };

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];

const membersOf = (answer: Json): MemberList => {
  const { members, header } = answer;
  if (!Array.isArray(members)) throw new BadAnswerError('no members in a member list');
  const list = members.filter(isObject).map((member) => ({
    id: String(member.ID ?? ''),
    name: String(member.name ?? ''),
    peerUrls: texts(member.peerURLs),
    clientUrls: texts(member.clientURLs),
  }));
  return { members: list, term: bigintOf((header as Json).raft_term ?? 0) };
};

/** The members as the asked node knows them. */
export const memberList = async (gateway: Gateway, options: CallOptions): Promise<MemberList> =>
  membersOf(await call(gateway, '/v3/cluster/member/list', { ...options, body: {} }));

export const removeMember = async (
  gateway: Gateway,
  id: string,
  options: CallOptions,
): Promise<MemberList> =>
  membersOf(await call(gateway, '/v3/cluster/member/remove', { ...options, body: { ID: id } }));

/** Adds a member that is to start with an empty data directory; resolves with the list it has to be told. */
export const addMember = async (
  gateway: Gateway,
  peer: string,
  options: CallOptions,
): Promise<MemberList> => {
  const body = { peerURLs: [peer] };
  return membersOf(await call(gateway, '/v3/cluster/member/add', { ...options, body }));
};
