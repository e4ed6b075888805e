// Topologies of partitions: pure functions from node names (and a seeded hand) to who no longer hears whom.
import { exitCodes, OrdealError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Grudge } from '../contract/faults.ts';
import { majoritiesRing } from './majorities-ring.ts';

/** The error of a fault that would touch nobody: exit code 254. */
export const emptyTargets = (what: string, hint: string): OrdealError =>
  new OrdealError(`empty target set: ${what}`, {
    code: 'empty-target-set',
    exitCode: exitCodes.usage,
    hint,
  });

/** Cuts the nodes into two halves in the given order; the first is the smaller one when the number is odd. */
export const bisect = (
  nodes: readonly string[],
): readonly [readonly string[], readonly string[]] => {
  const middle = Math.floor(nodes.length / 2);
  return [nodes.slice(0, middle), nodes.slice(middle)];
};

/** Nobody hears anybody outside the own component. */
export const completeGrudge = (components: readonly (readonly string[])[]): Grudge => {
  const all = components.flat();
  return grudgeOf(
    components.flatMap((component) =>
      component.map((node): Row => [node, all.filter((other) => !component.includes(other))]),
    ),
  );
};

/** The other way round: from who hears whom (a node always hears itself) to who does not. */
export const invert = (nodes: readonly string[], hears: Grudge): Grudge =>
  grudgeOf(
    nodes.map(
      (node): Row => [
        node,
        nodes.filter((other) => other !== node && !(hears[node] ?? []).includes(other)),
      ],
    ),
  );

/** Cuts every one of `alone` off from everybody else. */
export const isolate = (nodes: readonly string[], alone: readonly string[]): Grudge =>
  completeGrudge([
    ...alone.filter((node) => nodes.includes(node)).map((node) => [node]),
    nodes.filter((node) => !alone.includes(node)),
  ]);

/** Two halves that do not hear each other, and one node (the first of the larger half) that hears both and is heard. */
export const bridge = (nodes: readonly string[]): Grudge => {
  const [left, right] = bisect(nodes);
  const [, ...far] = right;
  return completeGrudge([left, far]);
};

/** `deaf` no longer hear `muted`, while `muted` still hear `deaf`: an asymmetric cut. */
export const oneWay = (deaf: readonly string[], muted: readonly string[]): Grudge =>
  grudgeOf(deaf.map((node): Row => [node, muted]));

type Draw = (nodes: readonly string[], random: Random) => Grudge;
type Topology = { readonly about: string; readonly leastNodes: number; readonly draw: Draw };

/** The topologies that are decided without asking the system, by name. */
export const topologies = {
  one: {
    about: 'one random node against the rest',
    leastNodes: 2,
    draw: (nodes, random) => isolate(nodes, [random.pick(nodes)]),
  },
  halves: {
    about: 'the first half of the nodes against the second',
    leastNodes: 2,
    draw: (nodes) => completeGrudge(bisect(nodes)),
  },
  'random-halves': {
    about: 'two random halves',
    leastNodes: 2,
    draw: (nodes, random) => completeGrudge(bisect(random.shuffle(nodes))),
  },
  'majorities-ring': {
    about: 'every node hears a majority, no two the same one',
    leastNodes: 3,
    draw: (nodes, random) => invert(nodes, majoritiesRing(random.shuffle(nodes), random)),
  },
  bridge: {
    about: 'two random halves and one node that hears both',
    leastNodes: 3,
    draw: (nodes, random) => bridge(random.shuffle(nodes)),
  },
  'one-way': {
    about: 'one random half no longer hears the other, which still hears it',
    leastNodes: 2,
    draw: (nodes, random) => {
      const [some, others] = bisect(random.shuffle(nodes));
      return random.int(2) === 0 ? oneWay(some, others) : oneWay(others, some);
    },
  },
} as const satisfies { readonly [name: string]: Topology };
export type TopologyName = keyof typeof topologies;

/** Every name of a partition: the topologies, and `primaries`, which is resolved when it strikes. */
export const grudgeKinds = [
  'one',
  'halves',
  'random-halves',
  'majorities-ring',
  'bridge',
  'primaries',
  'one-way',
] as const;
export type GrudgeKind = (typeof grudgeKinds)[number];

/** Number of nodes below which a partition of this kind cuts nothing. */
export const leastNodesOf = (kind: GrudgeKind): number =>
  kind === 'primaries' ? 2 : topologies[kind].leastNodes;

/** Draws a partition; throws `empty-target-set` when there are too few nodes to cut anything. */
export const drawGrudge = (
  kind: TopologyName,
  nodes: readonly string[],
  random: Random,
): Grudge => {
  requireNodes(kind, nodes);
  return topologies[kind].draw(nodes, random);
};

/** The partition that isolates each primary; throws `empty-target-set` when none of them is a node. */
export const primariesGrudge = (nodes: readonly string[], primaries: readonly string[]): Grudge => {
  requireNodes('primaries', nodes);
  const known = primaries.filter((node) => nodes.includes(node));
  if (known.length === 0)
    throw emptyTargets('no primary is known', 'the system may be electing one; try again later');
  return isolate(nodes, known);
};

/** Throws `empty-target-set` when a partition of this kind would cut nothing. */
export const requireNodes = (kind: GrudgeKind, nodes: readonly string[]): void => {
  const least = leastNodesOf(kind);
  if (nodes.length >= least) return;
  throw emptyTargets(
    `partition ${kind} needs at least ${least} nodes, the cluster has ${nodes.length}`,
    'use a larger cluster, or another --partition',
  );
};

/** The cuts one by one: `hearer` drops what `speaker` sends. */
export const cutsOf = (grudge: Grudge): readonly Cut[] =>
  Object.entries(grudge).flatMap(([hearer, speakers]) =>
    speakers.map((speaker) => ({ hearer, speaker })),
  );
export type Cut = { readonly hearer: string; readonly speaker: string };

/** A grudge in words, nodes with the same fate together: "n1, n2 no longer hear n3; n3 no longer hears n1, n2". */
export const sayGrudge = (grudge: Grudge): string => {
  const fates = Map.groupBy(Object.entries(grudge), ([, drops]) => [...drops].sort().join(', '));
  return [...fates]
    .map(([drops, rows]) => {
      const deaf = rows.map(([node]) => node).sort();
      return `${deaf.join(', ')} no longer ${deaf.length === 1 ? 'hears' : 'hear'} ${drops}`;
    })
    .join('; ');
};

type Row = readonly [node: string, drops: readonly string[]];

/** Nodes that drop nothing are left out: they need no rule. */
const grudgeOf = (rows: readonly Row[]): Grudge =>
  Object.fromEntries(rows.filter(([, drops]) => drops.length > 0));
