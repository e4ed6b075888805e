// SSH sessions to the nodes of a cluster that is up.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node } from '../../contract/node.ts';
import type { Remote } from '../../contract/remote.ts';
import { connectSsh, sshRemote } from '../../control/remote.ts';
import { isTransient, type SshTarget } from '../../control/ssh-connect.ts';
import { unlessAborted } from '../../control/waiting.ts';
import { type Layout, nodeAddresses } from './layout.ts';

export type Sessions = {
  readonly layout: Layout;
  readonly nodes: readonly string[];
  readonly subnet: number;
  readonly hostKey: string;
  /** How long an sshd that does not listen yet is waited for. */
  readonly patienceMs: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Nodes that cannot answer now: their sessions connect with the first command. */
  readonly absent?: readonly string[];
};

const retryMs = 10;

/** Connects to all nodes at once; closes the sessions again when one cannot be had. */
export const openSessions = async (sessions: Sessions): Promise<readonly Node[]> => {
  const privateKey = await readFile(sessions.layout.keyFile, 'utf8');
  const opened = await Promise.allSettled(
    sessions.nodes.map(async (name, index): Promise<Node> => {
      const { ipv4, ipv6 } = nodeAddresses(sessions.subnet, index);
      const target = {
        node: name,
        host: ipv4,
        user: 'root',
        privateKey,
        hostKeys: [sessions.hostKey],
      };
      const isAbsent = sessions.absent?.includes(name) === true;
      const remote = isAbsent ? sshRemote(target) : await connectPatiently(target, sessions);
      return { name, address: ipv4, addresses: [ipv4, ipv6], remote };
    }),
  );
  const failed = opened.find((result) => result.status === 'rejected');
  const nodes = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed === undefined) return nodes;
  await Promise.all(nodes.map(({ remote }) => remote.close()));
  throw failed.reason;
};

const connectPatiently = async (
  target: SshTarget,
  { patienceMs, signal }: Pick<Sessions, 'patienceMs' | 'signal'>,
): Promise<Remote> => {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const connecting = connectSsh(target);
    try {
      return await (signal === undefined ? connecting : unlessAborted(signal, connecting));
    } catch (cause) {
      // A session that comes although nobody waits any more.
      connecting.then((remote) => remote.close()).catch(() => undefined);
      if (signal?.aborted || !isTransient(cause) || Date.now() > deadline) throw cause;
      await sleep(retryMs);
    }
  }
};
