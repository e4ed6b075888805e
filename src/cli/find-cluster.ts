// Which cluster a command line means, and sessions to it.
import { usageError } from '../base/errors.ts';
import { providerKinds, providerOf } from '../cluster/providers.ts';
import type { Cluster, ClusterInfo } from '../contract/cluster.ts';
import { suggestion } from './suggest.ts';

/** By name: a cluster whose maker died at its very beginning is shown by every kind. */
export const allClusters = async (): Promise<ClusterInfo[]> => {
  const listed = (await Promise.all(providerKinds.map((kind) => providerOf(kind).list()))).flat();
  return [...new Map(listed.map((cluster) => [cluster.name, cluster])).values()];
};

/** The cluster meant: by name, or the only one there is. */
export const findCluster = async (name: string | undefined): Promise<ClusterInfo> => {
  const clusters = await allClusters();
  const names = clusters.map((cluster) => cluster.name);
  if (name === undefined) {
    if (clusters.length === 1) return clusters[0] as ClusterInfo;
    throw usageError(
      clusters.length === 0
        ? 'no cluster is up'
        : `say which cluster with --name: ${names.join(', ')}`,
      'ordeal cluster up makes one',
    );
  }
  const found = clusters.find((cluster) => cluster.name === name);
  if (!found) throw usageError(`no cluster named '${name}' is up: ${suggestion(name, names)}`);
  return found;
};

export const attachByName = async (name: string | undefined): Promise<Cluster> => {
  const { kind, name: found } = await findCluster(name);
  return providerOf(kind).attach(found);
};

export const optional = (value: unknown): string | undefined =>
  value === undefined ? undefined : String(value);
export const nameOption = {
  type: 'string',
  requiresArg: true,
  describe: 'Name of the cluster; may be left out when there is only one',
} as const;
