// Clusters of namespace nodes on this machine: what `ordeal cluster` and the runner use.
import { access } from 'node:fs/promises';
import { infrastructureError, usageError } from '../../base/errors.ts';
import type { Cluster, ClusterInfo, ClusterProvider } from '../../contract/cluster.ts';
import { requirePackages } from '../packages.ts';
import { isAlive } from '../process-identity.ts';
import { removeCluster } from './down.ts';
import {
  checkNodeCount,
  controllerAddresses,
  defaultStateFolder,
  kind,
  type Layout,
  layoutOf,
  nodeAddresses,
} from './layout.ts';
import { clusterPids, killCluster } from './processes.ts';
import { openSessions } from './sessions.ts';
import { clusterNames, readState } from './state.ts';
import { type Built, build, claimName } from './up.ts';

export type NetnsProvider = ClusterProvider & {
  /** Removes every cluster of this kind, of whoever made it. Returns their names. */
  downAll(): Promise<readonly string[]>;
};

/** `stateFolder`: where clusters are kept, `/var/lib/ordeal` unless told. */
export const netnsProvider = (options: { readonly stateFolder?: string } = {}): NetnsProvider => {
  const stateFolder = options.stateFolder ?? process.env['ORDEAL_STATE'] ?? defaultStateFolder;
  const down = async (name: string) => {
    const layout = layoutOf(stateFolder, name);
    requireRoot();
    await removeCluster(layout);
  };
  return {
    kind,
    about: 'nodes of one kernel on this machine: namespaces, own root by overlay, real sshd',
    up: async (request) => up(layoutOf(stateFolder, request.name), request),
    attach: async (name) => attach(layoutOf(stateFolder, name)),
    list: async () =>
      Promise.all(
        (await clusterNames(stateFolder)).map((name) => describe(layoutOf(stateFolder, name))),
      ),
    down,
    sshCommand: async (name, node) => sshCommand(layoutOf(stateFolder, name), node),
    downAll: async () => {
      const names = await clusterNames(stateFolder);
      await Promise.all(names.map(down));
      return names;
    },
  };
};

const requireRoot = (): void => {
  if (process.getuid?.() !== 0)
    throw infrastructureError('clusters of namespaces need root', {
      code: 'not-root',
      hint: 'Run the same command with sudo.',
    });
};

const up = async (
  layout: Layout,
  request: Parameters<ClusterProvider['up']>[0],
): Promise<Cluster> => {
  const { nodeCount, onProgress, signal } = request;
  checkNodeCount(nodeCount);
  requireRoot();
  await requirePackages(['cluster']);
  const onStep = (step: string) => {
    signal?.throwIfAborted();
    onProgress?.(`cluster ${layout.name}: ${step}`);
  };
  const plan = { layout, nodeCount, onStep };
  onStep('state');
  const claimed = await claimName(plan);
  // Whatever a step waits for ends when the processes do.
  const onAbort = () => void killCluster(layout).catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const built = await build(plan, claimed);
    signal?.throwIfAborted();
    return clusterOf(layout, built);
  } catch (cause) {
    await removeCluster(layout);
    throw signal?.aborted ? signal.reason : cause;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
};

const clusterOf = (layout: Layout, { nodes, subnet }: Pick<Built, 'nodes' | 'subnet'>): Cluster => {
  const close = async () => {
    await Promise.all(nodes.map(({ remote }) => remote.close()));
  };
  return {
    name: layout.name,
    kind,
    nodes,
    controllerAddresses: Object.values(controllerAddresses(subnet)),
    close,
    down: async () => {
      await close();
      await removeCluster(layout);
    },
  };
};

type Ready = {
  readonly nodes: readonly string[];
  readonly subnet: number;
  readonly hostKey: string;
};

/** What is known of a cluster that is up; throws when it is not there or not ready. */
const readReady = async (layout: Layout): Promise<Ready> => {
  const state = await readState(layout);
  if (state === undefined && !(await exists(layout.folder)))
    throw infrastructureError(`no cluster '${layout.name}'`, {
      code: 'no-cluster',
      hint: `Make it: ordeal cluster up --name ${layout.name}`,
    });
  const { stage, subnet, hostKey, nodes = [] } = state ?? {};
  if (stage !== 'ready' || subnet === undefined || hostKey === undefined)
    throw infrastructureError(
      `cluster '${layout.name}' is not ready: it is being built, or its making was cut short`,
      {
        code: 'cluster-not-ready',
        hint: `Wait for it, or remove it: ordeal cluster down ${layout.name}`,
      },
    );
  return { nodes, subnet, hostKey };
};

const attach = async (layout: Layout): Promise<Cluster> => {
  const ready = await readReady(layout);
  // Without processes there is no network of its own either: connecting would ask the world for these addresses.
  if ((await clusterPids(layout)).length === 0)
    throw infrastructureError(
      `cluster '${layout.name}' is no longer there: its processes are gone`,
      {
        code: 'cluster-gone',
        hint: `Remove what is left of it: ordeal cluster down ${layout.name}`,
      },
    );
  const nodes = await openSessions({ ...ready, layout, patienceMs: 0 });
  return clusterOf(layout, { nodes, subnet: ready.subnet });
};

const sshCommand = async (
  layout: Layout,
  node: string,
): Promise<readonly [string, ...string[]]> => {
  const { nodes, subnet } = await readReady(layout);
  const index = nodes.indexOf(node);
  if (index === -1)
    throw usageError(
      `no node '${node}' in cluster '${layout.name}'`,
      `There are: ${nodes.join(', ')}.`,
    );
  const options = {
    IdentityFile: layout.keyFile,
    IdentitiesOnly: 'yes',
    UserKnownHostsFile: layout.knownHostsFile,
    HostKeyAlias: layout.hostKeyAlias,
    StrictHostKeyChecking: 'yes',
  };
  const settings = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  // The login shell of nodes is a quick one; people want theirs.
  return [
    'ssh',
    '-F',
    'none',
    ...settings,
    '-t',
    `root@${nodeAddresses(subnet, index).ipv4}`,
    'exec bash -l',
  ];
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const describe = async (layout: Layout): Promise<ClusterInfo> => {
  const state = await readState(layout);
  const owner = state?.owner ?? { pid: 0, startedAt: '' };
  return {
    name: layout.name,
    kind,
    nodes: state?.nodes ?? [],
    createdAt: state?.createdAt ?? new Date(0).toISOString(),
    owner: { pid: owner.pid, alive: await isAlive(owner) },
  };
};
