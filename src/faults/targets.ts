// Which nodes a fault strikes: one, a minority, a majority, all, or those that lead.
import type { Random } from '../base/random.ts';
import { emptyTargets } from './grudge.ts';

export const targetKinds = ['one', 'minority', 'majority', 'all', 'primaries'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** Fewest nodes of a cluster that has such targets. */
export const leastNodesFor = (kind: TargetKind): number => (kind === 'minority' ? 3 : 1);

/** Throws `empty-target-set` when the cluster has too few nodes for targets of this kind. */
export const requireTargets = (kind: TargetKind, nodes: readonly string[]): void => {
  const least = leastNodesFor(kind);
  if (nodes.length < least)
    throw emptyTargets(
      `a ${kind} needs at least ${least} nodes, the cluster has ${nodes.length}`,
      'use a larger cluster, or other targets',
    );
};

const countOf = (kind: Exclude<TargetKind, 'primaries'>, nodes: number, random: Random): number => {
  switch (kind) {
    case 'one':
      return 1;
    case 'minority':
      return 1 + random.int(Math.floor((nodes - 1) / 2));
    case 'majority':
      return Math.floor(nodes / 2) + 1;
    case 'all':
      return nodes;
  }
};

/** Draws targets by name, in the cluster's order; throws `empty-target-set` when there are too few nodes. */
export const drawTargets = (
  kind: Exclude<TargetKind, 'primaries'>,
  nodes: readonly string[],
  random: Random,
): readonly string[] => {
  requireTargets(kind, nodes);
  const chosen = new Set(random.shuffle(nodes).slice(0, countOf(kind, nodes.length, random)));
  return nodes.filter((node) => chosen.has(node));
};
