// Removes every trace of a cluster, whole, half-built or orphaned. Each step may be interrupted and done again.
import { rm } from 'node:fs/promises';
import type { Layout } from './layout.ts';
import { removeHostLink } from './network.ts';
import { killCluster } from './processes.ts';
import { heldSubnets, releaseSubnet } from './subnet.ts';

/**
 * Processes first: with them go their namespaces, mounts and wires. The subnet is given back before the folder goes, so
 * that a subnet that is held always names a folder that is there.
 */
export const removeCluster = async (layout: Layout): Promise<void> => {
  await killCluster(layout);
  for (const subnet of await heldSubnets(layout)) {
    await removeHostLink(layout, subnet);
    await releaseSubnet(subnet);
  }
  await rm(layout.folder, { recursive: true, force: true, maxRetries: 5 });
  // A maker that was still at work may have started one more; without the folder it cannot get far.
  await killCluster(layout);
};
