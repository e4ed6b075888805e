// Which failures prove that a write did not happen: the table, and what follows from it for each kind of operation.
import type { Completion, OpError } from '../../history/op.ts';
import { ExchangeError } from './exchange.ts';
import { EtcdError } from './gateway.ts';

/**
 * What a message of etcd's says about a put or transaction: `none` it can never take effect, `unknown` it may have or
 * may still. File names are of etcd 3.4; `rpctypes/error.go` has the messages.
 */
export type EtcdFailure = {
  readonly message: string;
  readonly code: string;
  readonly effect: 'none' | 'unknown';
  readonly because: string;
};

/** Exact messages; one that is not here counts as `unknown`. */
export const etcdFailures: readonly EtcdFailure[] = [
  {
    message: 'etcdserver: too many requests',
    code: 'too-many-requests',
    effect: 'none',
    because:
      'first lines of processInternalRaftRequestOnce (v3_server.go): refused before it is proposed',
  },
  {
    message: 'etcdserver: request is too large',
    code: 'request-too-large',
    effect: 'none',
    because:
      'processInternalRaftRequestOnce (v3_server.go): the length is compared before proposing',
  },
  {
    message: 'etcdserver: key is not provided',
    code: 'key-not-provided',
    effect: 'none',
    because: 'checkPutRequest and checkTxnRequest (v3rpc/key.go) run before the server is asked',
  },
  {
    message: 'etcdserver: no leader',
    code: 'no-leader',
    effect: 'none',
    because:
      'of a put or transaction only the interceptor says it (v3rpc/interceptor.go), before the handler',
  },
  {
    message: 'etcdserver: not capable',
    code: 'not-capable',
    effect: 'none',
    because:
      'the interceptor (v3rpc/interceptor.go) refuses before the handler while the cluster version is unknown',
  },
  {
    message: 'etcdserver: rpc not supported for learner',
    code: 'learner',
    effect: 'none',
    because: 'the interceptor (v3rpc/interceptor.go) refuses before the handler',
  },
  {
    message: 'raft proposal dropped',
    code: 'proposal-dropped',
    effect: 'none',
    because:
      'raft.go returns ErrProposalDropped only where it neither appends nor forwards; a drop at the leader of a ' +
      'forwarded proposal is not reported at all, and ends in a timeout',
  },
  {
    message: 'etcdserver: mvcc: database space exceeded',
    code: 'no-space',
    effect: 'unknown',
    because:
      'raised before proposing (v3rpc/quota.go), but also by quotaApplierV3 (apply.go), which first applies the ' +
      'request and then answers this',
  },
  {
    message: 'etcdserver: leader changed',
    code: 'leader-changed',
    effect: 'unknown',
    because:
      'a proposal forwarded to the old leader may be committed by the new one; newer versions say it of writes too',
  },
  {
    message: 'etcdserver: request timed out',
    code: 'etcd-timeout',
    effect: 'unknown',
    because: 'proposed, and not applied here within 5 s and two election timeouts',
  },
  {
    message: 'etcdserver: request timed out, possibly due to previous leader failure',
    code: 'etcd-timeout-leader-failure',
    effect: 'unknown',
    because: 'proposed; the entry may survive the leader that failed',
  },
  {
    message: 'etcdserver: request timed out, possibly due to connection lost',
    code: 'etcd-timeout-connection-lost',
    effect: 'unknown',
    because: 'proposed; the message to the leader may have arrived',
  },
  {
    message: 'etcdserver: request timed out, waiting for the applied index took too long',
    code: 'etcd-timeout-applied-index',
    effect: 'unknown',
    because: 'newer versions, of linearizable reads; nothing is promised of writes',
  },
  {
    message: 'etcdserver: server stopped',
    code: 'server-stopped',
    effect: 'unknown',
    because:
      'processInternalRaftRequestOnce (v3_server.go) says it while it waits for a proposal to be applied',
  },
  {
    message: 'raft: stopped',
    code: 'raft-stopped',
    effect: 'unknown',
    because: 'stepWithWaitOption (raft/node.go) says it before and after raft took the proposal',
  },
  {
    message: 'etcdserver: request cancelled',
    code: 'request-cancelled',
    effect: 'unknown',
    because: 'parseProposeCtxErr (server.go): after the proposal',
  },
  {
    message: 'context deadline exceeded',
    code: 'context-deadline',
    effect: 'unknown',
    because: 'stepWithWaitOption (raft/node.go) says it before and after raft took the proposal',
  },
  {
    message: 'context canceled',
    code: 'context-canceled',
    effect: 'unknown',
    because: 'as with the deadline',
  },
  {
    message: 'transport is closing',
    code: 'gateway-closing',
    effect: 'unknown',
    because: 'the gateway lost the server behind it; the request may have been under way',
  },
  {
    message: 'etcdserver: corrupt cluster',
    code: 'corrupt',
    effect: 'unknown',
    because: 'said by an applier (corrupt.go); nothing is to be promised of a corrupt member',
  },
];

const failureOf = new Map(etcdFailures.map((failure) => [failure.message, failure]));

/** What is known after a call failed: whether it can have an effect, and what to record. */
export type Judgement = { readonly effect: 'none' | 'unknown'; readonly error: OpError };

export const judge = (thrown: unknown): Judgement => {
  if (thrown instanceof ExchangeError)
    return { effect: thrown.sent ? 'unknown' : 'none', error: [thrown.code, thrown.message] };
  if (thrown instanceof EtcdError) {
    const { effect = 'unknown', code = 'etcd' } = failureOf.get(thrown.message) ?? {};
    return { effect, error: [code, thrown.message] };
  }
  const name = thrown instanceof Error ? thrown.name : 'unknown';
  return { effect: 'unknown', error: [name, String(thrown)] };
};

/** A read changes nothing, so a failed one never happened; a failed write is `info` unless it provably had no effect. */
export const completionOf = (thrown: unknown, changes: boolean): Completion => {
  const { effect, error } = judge(thrown);
  return { type: changes && effect === 'unknown' ? 'info' : 'fail', error };
};
