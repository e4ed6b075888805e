// Where an etcd member lives on its node, and the arguments it is started with.
import { isIP } from 'node:net';
import { assert } from '../../base/assert.ts';
import type { Node } from '../../contract/node.ts';

/** Ports and absolute paths on a node. Paths carry the node's name, so that nodes may share a file system. */
export type Layout = {
  readonly clientPort: number;
  readonly peerPort: number;
  readonly dataDir: (node: Node) => string;
  readonly logFile: (node: Node) => string;
  readonly pidFile: (node: Node) => string;
};

export type LayoutOptions = {
  readonly clientPort?: number;
  readonly peerPort?: number;
  /** Put in front of every path; empty unless told. */
  readonly root?: string;
};

export const layoutOf = (options: LayoutOptions = {}): Layout => {
  const { clientPort = 2379, peerPort = 2380, root = '' } = options;
  return {
    clientPort,
    peerPort,
    dataDir: (node) => `${root}/var/lib/ordeal-etcd/${fileName(node)}`,
    logFile: (node) => `${root}/var/log/ordeal-etcd-${fileName(node)}.log`,
    pidFile: (node) => `${root}/run/ordeal-etcd-${fileName(node)}.pid`,
  };
};

/** The data directory is deleted with all that is in it: a name must not lead anywhere else. */
const fileName = ({ name }: Node): string => {
  assert(/^\w[\w.-]*$/.test(name), `a node named ${JSON.stringify(name)} cannot have files`);
  return name;
};

const urlOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Where the other members reach this node. */
export const peerUrl = (node: Node, layout: Layout): string => urlOf(node.address, layout.peerPort);

/** How the cluster is found that a member without data belongs to. */
export type Bootstrap = {
  readonly state: 'new' | 'existing';
  /** Peer URLs by member name. */
  readonly members: readonly { readonly name: string; readonly peerUrl: string }[];
};

/** Every node becomes a member of a cluster that begins now. */
export const newCluster = (nodes: readonly Node[], layout: Layout): Bootstrap => ({
  state: 'new',
  members: nodes.map((node) => ({ name: node.name, peerUrl: peerUrl(node, layout) })),
});

/** etcd's default, and ten heartbeats: a lost leader is replaced within two seconds, a busy machine does not lose one. */
const heartbeatMs = 100;
const electionMs = 1_000;

/**
 * The program and its arguments. Everything not named stays as etcd ships it: fsync on, v2 API off, gateway on.
 * The bootstrap is ignored by etcd when the data directory holds a member already.
 */
export const etcdCommand = (options: {
  readonly node: Node;
  readonly layout: Layout;
  readonly bootstrap: Bootstrap;
  /** Entries between two snapshots. */
  readonly snapshotCount: number;
}): readonly string[] => {
  const { node, layout, bootstrap, snapshotCount } = options;
  // etcd binds to addresses only; a host known by name listens on all of its own.
  const listen = isIP(node.address) === 0 ? '0.0.0.0' : node.address;
  const flags: Readonly<Record<string, string | number>> = {
    name: node.name,
    'data-dir': layout.dataDir(node),
    'listen-client-urls': urlOf(listen, layout.clientPort),
    'advertise-client-urls': urlOf(node.address, layout.clientPort),
    'listen-peer-urls': urlOf(listen, layout.peerPort),
    'initial-advertise-peer-urls': peerUrl(node, layout),
    'initial-cluster-state': bootstrap.state,
    'initial-cluster-token': 'ordeal',
    'initial-cluster': bootstrap.members.map((m) => `${m.name}=${m.peerUrl}`).join(','),
    'heartbeat-interval': heartbeatMs,
    'election-timeout': electionMs,
    'snapshot-count': snapshotCount,
    logger: 'zap',
    'log-outputs': 'stderr',
  };
  return ['etcd', ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)];
};
