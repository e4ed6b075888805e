// The mechanism behind partitions: receive-side drops in rules that belong to one fault of one run.
import { assert } from '../base/assert.ts';
import { infrastructureError } from '../base/errors.ts';
import type { Fault, Mechanism, Plan } from '../contract/faults.ts';
import type { Node } from '../contract/node.ts';
import { iptables } from './firewall-iptables.ts';
import { nft } from './firewall-nft.ts';
import { proveCut, proveOpen, type ReadDrops } from './firewall-proof.ts';
import type { Backend, Rules } from './firewall-rules.ts';
import { cutsOf, emptyTargets } from './grudge.ts';
import { grudgeOf, partitionKind } from './partition-fault.ts';
import { runTag } from './run-tag.ts';

const raw = { table: 'raw', chain: 'PREROUTING' } as const;
const filter = { table: 'filter', chain: 'INPUT' } as const;

/** Best first: probed on each node, never assumed. */
export const backends: readonly Backend[] = [
  nft,
  iptables('iptables-legacy', raw),
  iptables('iptables', raw),
  iptables('iptables-legacy', filter),
  iptables('iptables', filter),
];

export type PartitionOptions = {
  readonly run: string;
  /** Addresses the nodes always hear. */
  readonly controllerAddresses: readonly string[];
  /** Backends to try, best first. */
  readonly backends?: readonly Backend[];
};

/** The mechanism for faults `{kind: 'partition', grudge}`. */
export const partitionMechanism = (options: PartitionOptions): Mechanism => {
  const { run } = options;
  const tag = runTag(run);
  const chosen = new Map<string, Promise<Backend>>();
  const backendOf = (node: Node): Promise<Backend> => {
    const known = chosen.get(node.name) ?? chooseBackend(node, options.backends ?? backends);
    chosen.set(node.name, known);
    known.catch(() => chosen.delete(node.name)); // asked again next time; the caller sees the error
    return known;
  };
  const readDropsOf =
    (plan: Plan, nodes: readonly Node[]): ReadDrops =>
    async (hearer) => {
      const backend = await backendOf(hearer);
      const drops = await backend.drops(hearer, { tag, id: idOf(plan) });
      return drops === undefined ? undefined : bySpeaker(drops, nodes);
    };
  return {
    kind: partitionKind,
    capability: 'firewall',
    prepare: async (nodes) => {
      await Promise.all(nodes.map(backendOf));
    },
    plan: async (fault, nodes, id) => {
      const grudge = grudgeOf(fault);
      if (cutsOf(grudge).length === 0)
        throw emptyTargets('this partition cuts nothing', 'a partition names at least one cut');
      const entries = Object.entries(grudge).filter(([, drops]) => drops.length > 0);
      const rows = await Promise.all(
        entries.map(async ([hearer, speakers]) => {
          const node = named(nodes, hearer);
          const rules: Rules = {
            tag,
            id,
            comment: `ordeal ${run} ${id}`,
            open: options.controllerAddresses,
            drop: speakers.flatMap((speaker) => everyAddress(named(nodes, speaker))),
          };
          const backend = await backendOf(node);
          return [hearer, { inject: backend.inject(rules), heal: backend.heal(rules) }] as const;
        }),
      );
      return { fault: { ...fault, id }, nodes: Object.fromEntries(rows) };
    },
    proveEffect: (plan, nodes, others) =>
      proveCut({ run, plan, nodes, others }, readDropsOf(plan, nodes)),
    proveHeal: (plan, nodes, others) =>
      proveOpen({ run, plan, nodes, others }, readDropsOf(plan, nodes)),
    sweep: (node, live) => sweepNode(node, options.backends ?? backends, live),
  };
};

const named = (nodes: readonly Node[], name: string): Node => {
  const node = nodes.find((candidate) => candidate.name === name);
  assert(node !== undefined, `a partition names ${name}, which is no node of the cluster`);
  return node;
};

/** The plan's fault carries the id that names its rules, so that a later process finds them. */
const idOf = (plan: Plan): string => {
  const { id } = plan.fault as Fault & { readonly id?: unknown };
  assert(typeof id === 'string', 'a plan of a partition without the id of its rules');
  return id;
};

const everyAddress = (node: Node): readonly string[] => [
  ...new Set([node.address, ...node.addresses]),
];

const bySpeaker = (
  drops: ReadonlyMap<string, number>,
  nodes: readonly Node[],
): ReadonlyMap<string, number> => {
  const sum = (node: Node): number =>
    everyAddress(node).reduce((total, address) => total + (drops.get(address) ?? 0), 0);
  return new Map(nodes.map((node) => [node.name, sum(node)]));
};

const chooseBackend = async (node: Node, candidates: readonly Backend[]): Promise<Backend> => {
  const reasons: string[] = [];
  for (const backend of candidates) {
    const reason = await backend.unusable(node);
    if (reason === undefined) return backend;
    reasons.push(`${backend.name}: ${reason}`);
  }
  throw infrastructureError(`${node.name} has no firewall to partition with`, {
    code: 'no-firewall',
    hint: `install nftables or iptables there (${reasons.join('; ')})`,
  });
};

const sweepNode = async (
  node: Node,
  candidates: readonly Backend[],
  live: readonly string[],
): Promise<readonly string[]> => {
  const keep = new Set(live.map(runTag));
  const removed: string[] = [];
  for (const backend of candidates) {
    removed.push(...(await backend.sweep(node, keep)));
  }
  return removed;
};
