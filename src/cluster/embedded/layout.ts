// Where a cluster on this machine is on disk, how its parts are named, and which addresses its nodes have.
import { join } from 'node:path';
import { usageError } from '../../base/errors.ts';

export const maxNodes = 9;

/** Folder of all clusters' state unless told. */
export const defaultStateFolder = '/var/lib/ordeal';

export type Layout = {
  readonly name: string;
  /** All that this cluster has on disk. */
  readonly folder: string;
  readonly stateFile: string;
  readonly keyFile: string;
  readonly hostKeyFile: string;
  /** For the `ssh` command: the host key under the name `hostKeyAlias`. */
  readonly knownHostsFile: string;
  readonly hostKeyAlias: string;
};

const clusterName = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Throws a usage error unless `name` can name a cluster. */
export const checkClusterName = (name: string): void => {
  if (!clusterName.test(name))
    throw usageError(
      `not a cluster name: ${JSON.stringify(name)}`,
      'Use up to 32 lower-case letters, digits and dashes, a letter or digit first.',
    );
};

/** Throws a usage error unless a cluster can have so many nodes. */
export const checkNodeCount = (count: number): void => {
  if (!Number.isInteger(count) || count < 1 || count > maxNodes)
    throw usageError(`a cluster has 1 to ${maxNodes} nodes, not ${count}`);
};

export const layoutOf = (stateFolder: string, name: string): Layout => {
  checkClusterName(name);
  // Overlay options and `/proc` scans rely on it.
  if (!/^\/[\w./-]*$/.test(stateFolder))
    throw usageError(
      `not usable as state folder: ${JSON.stringify(stateFolder)}`,
      'Use a plain absolute path.',
    );
  const folder = join(clustersFolder(stateFolder), name);
  return {
    name,
    folder,
    stateFile: join(folder, 'state.json'),
    keyFile: join(folder, 'key'),
    hostKeyFile: join(folder, 'host-key'),
    knownHostsFile: join(folder, 'known-hosts'),
    hostKeyAlias: `ordeal-${name}`,
  };
};

export const clustersFolder = (stateFolder: string): string => join(stateFolder, 'clusters');

/** The argument by which a process of a cluster is known in `/proc`, e.g. `ordeal-demo-n1@/var/lib/ordeal/clusters/demo`. */
export const tagOf = ({ name, folder }: Layout, part: string): string =>
  `ordeal-${name}-${part}@${folder}`;

/** Whether an argument is a tag of this very cluster; the folder's end tells `a` from `a-b`. */
export const isTagOf = ({ name, folder }: Layout, word: string): boolean =>
  word.startsWith(`ordeal-${name}-`) && word.endsWith(`@${folder}`);

export const nodeNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `n${i + 1}`);

export type Addresses = { readonly ipv4: string; readonly ipv6: string };

/** Prefix lengths of a cluster's networks. */
export const prefixLength = { ipv4: 24, ipv6: 64 } as const;

// RFC 4193: fd and 40 bits that are ours ("ordea" in ASCII, chosen once), then the subnet.
const addressesOf = (subnet: number, host: number): Addresses => ({
  ipv4: `10.213.${subnet}.${host}`,
  ipv6: `fd6f:7264:6561:${subnet.toString(16)}::${host}`,
});

export const controllerAddresses = (subnet: number): Addresses => addressesOf(subnet, 1);

/** Addresses of node `index`, counted from 0: .11, .12 … */
export const nodeAddresses = (subnet: number, index: number): Addresses =>
  addressesOf(subnet, 11 + index);

/** The host's end of the wire to a cluster's bridge; at most 15 characters, unique by its subnet. */
export const hostLink = (subnet: number): string => `ordeal${subnet}`;
