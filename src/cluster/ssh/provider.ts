// Clusters of hosts that are there already, from an inventory. Its path is the cluster's name; nothing is made or removed.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { infrastructureError, OrdealError, usageError } from '../../base/errors.ts';
import type { Cluster, ClusterProvider } from '../../contract/cluster.ts';
import type { Node } from '../../contract/node.ts';
import type { Remote } from '../../contract/remote.ts';
import { connectSsh } from '../../control/remote.ts';
import type { SshTarget } from '../../control/ssh-connect.ts';
import { type Host, type Inventory, readInventory } from './inventory.ts';
import { readUserSsh, targetOfHost } from './target.ts';

export const sshProvider = (): ClusterProvider => ({
  kind: 'ssh',
  about: 'hosts that are there already, from an inventory: --inventory FILE',
  isGiven: true,
  up: async ({ name, nodeCount }) => connect(await readInventory(name), nodeCount),
  attach: async (name) => connect(await readInventory(name)),
  list: async () => [],
  down: async () => undefined,
});

type Reached = { readonly node: Node; readonly controller: string };

/** Connects to all at once; closes the sessions again when one cannot be had. */
const connect = async (inventory: Inventory, count = inventory.hosts.length): Promise<Cluster> => {
  if (count > inventory.hosts.length)
    throw usageError(`${inventory.file} has ${inventory.hosts.length} hosts, not ${count}`);
  const user = await readUserSsh(inventory);
  const hosts = inventory.hosts.slice(0, count);
  const targets = await Promise.all(hosts.map((host) => targetOfHost(inventory, user, host)));
  const tries = await Promise.allSettled(
    hosts.map((host, index) => reach(inventory, host, targets[index] as SshTarget)),
  );
  const reached = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const close = async () => {
    await Promise.all(reached.map(({ node }) => node.remote.close()));
  };
  const failed = tries.find((one) => one.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  return {
    name: inventory.file,
    kind: 'ssh',
    nodes: reached.map(({ node }) => node),
    controllerAddresses: [...new Set(reached.map(({ controller }) => controller))],
    close,
    down: close,
  };
};

const reach = async (inventory: Inventory, host: Host, target: SshTarget): Promise<Reached> => {
  const place = inventory.placeOf(['hosts', inventory.hosts.indexOf(host)]);
  try {
    const remote = await connectSsh(target);
    try {
      return await describe(inventory, { host, target, remote });
    } catch (cause) {
      await remote.close();
      throw cause;
    }
  } catch (cause) {
    if (!(cause instanceof OrdealError)) throw cause;
    const { code, exitCode, hint } = cause;
    throw new OrdealError(`${place}: ${cause.message}`, {
      code,
      exitCode,
      cause,
      ...(hint === undefined ? {} : { hint }),
    });
  }
};

type Session = { readonly host: Host; readonly target: SshTarget; readonly remote: Remote };

const describe = async (inventory: Inventory, session: Session): Promise<Reached> => {
  const { host, target, remote } = session;
  const entry = { ...inventory.defaults, ...host };
  if (target.user !== 'root') await requireSudo(session, entry.sudo ?? true);
  // As the node sees us: first of client address, client port, server address, server port.
  const { stdout } = await remote.exec(['printenv', 'SSH_CONNECTION']);
  const found = entry.addresses ?? (await addressesOf(remote));
  const address = entry.address ?? (await addressOf(target, found));
  const node: Node = {
    name: host.name,
    address,
    addresses: [...new Set([address, ...found])],
    remote,
    ...(entry.tier === undefined ? {} : { tier: entry.tier }),
    ...(entry.labels === undefined ? {} : { labels: entry.labels }),
  };
  return { node, controller: stdout.split(' ')[0] ?? '' };
};

const requireSudo = async ({ target, remote }: Session, isAllowed: boolean): Promise<void> => {
  const tried = isAllowed ? await remote.exec(['sudo', '-n', 'true'], { check: false }) : undefined;
  if (tried?.exitCode === 0) return;
  throw infrastructureError(
    `${target.node}: user '${target.user}' is not root${isAllowed ? ', and sudo asks for a password or refuses' : ''}`,
    {
      code: 'not-root',
      hint: 'Tests install programs and change the network: log in as root, or let sudo work without a password.',
    },
  );
};

/** Every address of the node that others may use. */
const addressesOf = async (remote: Remote): Promise<readonly string[]> => {
  const { stdout } = await remote.exec(['ip', '-o', 'addr', 'show', 'scope', 'global']);
  return [...stdout.matchAll(/ inet6? ([^/ ]+)/g)].map(([, address]) => address ?? '');
};

/** The one we reached it at, unless a jump host did. */
const addressOf = async (target: SshTarget, found: readonly string[]): Promise<string> => {
  if (isIP(target.host) !== 0) return target.host;
  const [first] = found;
  if (target.jump !== undefined && first !== undefined) return first;
  return (await lookup(target.host)).address;
};
