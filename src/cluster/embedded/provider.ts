// Clusters whose nodes this machine makes itself, of any kind: names, states, sessions, removal. A kind says how to build.
import { access } from 'node:fs/promises';
import { infrastructureError, usageError } from '../../base/errors.ts';
import type { Cluster, ClusterInfo, ClusterProvider } from '../../contract/cluster.ts';
import { requirePackages } from '../packages.ts';
import { isAlive } from '../process-identity.ts';
import { type Build, type Built, claimName } from './build.ts';
import { removeCluster } from './down.ts';
import {
  checkNodeCount,
  controllerAddresses,
  defaultStateFolder,
  type Layout,
  layoutOf,
  nodeAddresses,
} from './layout.ts';
import { clusterPids, killCluster } from './processes.ts';
import { openSessions } from './sessions.ts';
import { clusterNames, readState, type State } from './state.ts';

/** What one kind of nodes is, and how they are made. */
export type Kind = {
  readonly kind: string;
  readonly about: string;
  /** Purposes whose packages it needs; see packages.json. */
  readonly needs: readonly string[];
  build(plan: Build, claimed: State): Promise<Built>;
  /** Nodes that are known not to answer, such as those without power. */
  absent?(layout: Layout, nodes: readonly string[]): Promise<readonly string[]>;
};

export type EmbeddedProvider = ClusterProvider & {
  /** Removes every cluster of this kind, of whoever made it. Returns their names. */
  downAll(): Promise<readonly string[]>;
};

/** Where clusters are kept: as told, or `ORDEAL_STATE`, or `/var/lib/ordeal`. */
export const stateFolderOf = (told: string | undefined): string =>
  told ?? process.env['ORDEAL_STATE'] ?? defaultStateFolder;

export const embeddedProvider = (kind: Kind, stateFolder: string): EmbeddedProvider => {
  const down = async (name: string) => {
    const layout = layoutOf(stateFolder, name);
    requireRoot();
    await removeCluster(layout);
  };
  const list = async () => {
    const names = await clusterNames(stateFolder);
    const found = await Promise.all(names.map((name) => describe(layoutOf(stateFolder, name))));
    // A folder without a state is of no kind yet: all kinds show and remove it.
    return found.flatMap((info) =>
      info.kind === kind.kind || info.kind === noKind ? [{ ...info, kind: kind.kind }] : [],
    );
  };
  return {
    kind: kind.kind,
    about: kind.about,
    up: async (request) => up(kind, layoutOf(stateFolder, request.name), request),
    attach: async (name) => attach(kind, layoutOf(stateFolder, name)),
    list,
    down,
    sshCommand: async (name, node) => sshCommand(layoutOf(stateFolder, name), node),
    downAll: async () => {
      const names = (await list()).map(({ name }) => name);
      await Promise.all(names.map(down));
      return names;
    },
  };
};

const requireRoot = (): void => {
  if (process.getuid?.() !== 0)
    throw infrastructureError('clusters on this machine need root', {
      code: 'not-root',
      hint: 'Run the same command with sudo.',
    });
};

const up = async (
  kind: Kind,
  layout: Layout,
  request: Parameters<ClusterProvider['up']>[0],
): Promise<Cluster> => {
  const { nodeCount, memoryMiB, onProgress, signal } = request;
  checkNodeCount(nodeCount);
  requireRoot();
  await requirePackages(kind.needs);
  const onStep = (step: string) => {
    signal?.throwIfAborted();
    onProgress?.(`cluster ${layout.name}: ${step}`);
  };
  const plan = {
    layout,
    kind: kind.kind,
    nodeCount,
    onStep,
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(signal === undefined ? {} : { signal }),
  };
  onStep('state');
  const claimed = await claimName(plan);
  // Whatever a step waits for ends when the processes do.
  const onAbort = () => void killCluster(layout).catch(() => undefined);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const built = await kind.build(plan, claimed);
    signal?.throwIfAborted();
    return clusterOf(kind, layout, built);
  } catch (cause) {
    await removeCluster(layout);
    throw signal?.aborted ? signal.reason : cause;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
};

const clusterOf = ({ kind }: Kind, layout: Layout, { nodes, subnet }: Built): Cluster => {
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

export type Ready = {
  readonly kind: string;
  readonly memoryMiB?: number | undefined;
  readonly nodes: readonly string[];
  readonly subnet: number;
  readonly hostKey: string;
};

/** What is known of a cluster that is up; throws when it is not there or not ready. */
export const readReady = async (layout: Layout): Promise<Ready> => {
  const state = await readState(layout);
  if (state === undefined && !(await exists(layout.folder)))
    throw infrastructureError(`no cluster '${layout.name}'`, {
      code: 'no-cluster',
      hint: `Make it: ordeal cluster up --name ${layout.name}`,
    });
  const { kind, memoryMiB, stage, subnet, hostKey, nodes = [] } = state ?? {};
  if (stage !== 'ready' || kind === undefined || subnet === undefined || hostKey === undefined)
    throw infrastructureError(
      `cluster '${layout.name}' is not ready: it is being built, or its making was cut short`,
      {
        code: 'cluster-not-ready',
        hint: `Wait for it, or remove it: ordeal cluster down ${layout.name}`,
      },
    );
  return { kind, memoryMiB, nodes, subnet, hostKey };
};

const attach = async (kind: Kind, layout: Layout): Promise<Cluster> => {
  const ready = await readReady(layout);
  if (ready.kind !== kind.kind)
    throw usageError(
      `cluster '${layout.name}' is of kind ${ready.kind}, not ${kind.kind}`,
      `Say --cluster ${ready.kind}.`,
    );
  // Without processes there is no network of its own either: connecting would ask the world for these addresses.
  if ((await clusterPids(layout)).length === 0)
    throw infrastructureError(
      `cluster '${layout.name}' is no longer there: its processes are gone`,
      {
        code: 'cluster-gone',
        hint: `Remove what is left of it: ordeal cluster down ${layout.name}`,
      },
    );
  const absent = (await kind.absent?.(layout, ready.nodes)) ?? [];
  const nodes = await openSessions({ ...ready, layout, patienceMs: 0, absent });
  return clusterOf(kind, layout, { nodes, subnet: ready.subnet });
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

const noKind = '';

const describe = async (layout: Layout): Promise<ClusterInfo> => {
  const state = await readState(layout);
  const owner = state?.owner ?? { pid: 0, startedAt: '' };
  return {
    name: layout.name,
    kind: state?.kind ?? noKind,
    nodes: state?.nodes ?? [],
    createdAt: state?.createdAt ?? new Date(0).toISOString(),
    owner: { pid: owner.pid, alive: await isAlive(owner) },
  };
};
