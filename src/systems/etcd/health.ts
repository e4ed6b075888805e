// Waits until an etcd member serves, and tells from its log why it never does.
import { setTimeout as sleep } from 'node:timers/promises';
import { infrastructureError, messageOf } from '../../base/errors.ts';
import type { Node } from '../../contract/node.ts';
import { withGateway } from './cluster-state.ts';
import { ExchangeError } from './exchange.ts';
import { type MemberList, memberList, range } from './gateway.ts';
import { type Layout, peerUrl } from './layout.ts';
import { lastWords } from './log-tail.ts';

export type Health = {
  readonly node: Node;
  readonly layout: Layout;
  /** Milliseconds until it is given up. */
  readonly deadlineMs: number;
  /** Whether the program still runs: waiting for one that ended is in vain. */
  readonly isRunning: () => Promise<boolean>;
  readonly signal: AbortSignal;
};

const attemptMs = 1_000;
const pauseMs = 50;
/** Attempts between two looks at the process, which cost a command on the node; after a slow attempt there always is one. */
const lookEvery = 10;

/** Resolves once a linearizable read through this node is answered: there is a leader and a majority, and it belongs. */
export const untilHealthy = async (health: Health): Promise<void> => {
  const { node, layout, deadlineMs, isRunning } = health;
  const deadline = AbortSignal.timeout(deadlineMs);
  const signal = AbortSignal.any([health.signal, deadline]);
  await withGateway(node, layout, async (gateway) => {
    // What the last whole attempt said: the one that the deadline cut off says only that.
    let last: unknown;
    for (let attempt = 1; ; attempt++)
      try {
        const options = { timeoutMs: attemptMs, signal };
        await range(gateway, 'ordeal/health', { ...options, serializable: false });
        return checkMembership(health, await memberList(gateway, options));
      } catch (thrown) {
        health.signal.throwIfAborted();
        if (deadline.aborted)
          throw await sick(health, `did not serve within ${deadlineMs / 1_000} s`, last ?? thrown);
        last = thrown;
        const slow = thrown instanceof ExchangeError && thrown.code === 'timeout';
        if ((slow || attempt % lookEvery === 0) && !(await isRunning()))
          throw await sick(health, 'ended right after its start', thrown);
        await sleep(pauseMs);
      }
  });
};

/** Another etcd on the node's port would answer as well, and be taken for the one that could not start because of it. */
const checkMembership = ({ node, layout }: Health, list: MemberList): void => {
  const url = peerUrl(node, layout);
  if (list.members.some(({ name, peerUrls }) => name === node.name && peerUrls.includes(url)))
    return;
  throw new Error(`another etcd answers on port ${layout.clientPort}`);
};

const logLines = 400;

const sick = async ({ node, layout }: Health, what: string, cause: unknown): Promise<Error> => {
  const file = layout.logFile(node);
  const log = await node.remote
    .exec(['tail', '-n', String(logLines), file], { sudo: true, check: false })
    .then(({ stdout }) => stdout, messageOf);
  const words = lastWords(log);
  const said = words.length > 0 ? `its log ends: ${words.join(' | ')}` : 'its log is empty';
  return infrastructureError(`${node.name}: etcd ${what}; ${said}`, {
    code: 'etcd-not-healthy',
    hint: `The whole log is ${file} on ${node.name}; the last attempt said: ${messageOf(cause)}.`,
    cause,
  });
};
