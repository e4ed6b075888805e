// Healing without the run that broke things: from its ledger, or from what is found on the nodes.
import { exitCodes, messageOf, OrdealError } from '../base/errors.ts';
import type { Cluster } from '../contract/cluster.ts';
import type { Command, LedgerEntry, Mechanism, Plan, Proof } from '../contract/faults.ts';
import type { Node } from '../contract/node.ts';
import { Agent, type NodeFailure, onEach, sayFailures } from './agent.ts';
import { partitionMechanism } from './firewall.ts';
import { ledgerState } from './ledger.ts';
import { mergeProofs } from './undo.ts';

export type HealSummary = {
  readonly run: string;
  /** Ids that the ledger did not say were healed. */
  readonly unsettled: readonly string[];
  /** Nodes that still had something of the run to undo, with the ids. */
  readonly undoneOn: { readonly [node: string]: readonly string[] };
  readonly failures: readonly NodeFailure[];
  /** Worst of all proofs; not true when a node could not be reached, unless the others prove it. */
  readonly proof: Proof;
  /** To be appended to the ledger, so that it is settled. */
  readonly entries: readonly LedgerEntry[];
};

export type HealOptions = {
  /** Mechanisms that prove; the ones the tool has, unless told. */
  readonly mechanisms?: readonly Mechanism[];
  /** Parent of the runs' folders on a node, `/run/ordeal` unless told. */
  readonly directoryOf?: (node: Node) => string;
};

/** The mechanisms for a run's faults. */
export const mechanismsFor = (
  run: string,
  controllerAddresses: readonly string[],
): readonly Mechanism[] => [partitionMechanism({ run, controllerAddresses })];

/** Settles whatever a dead run left on its nodes, and proves it. Throws a usage error when the ledger names no run. */
export const healFromLedger = async (
  entries: readonly LedgerEntry[],
  cluster: Pick<Cluster, 'nodes' | 'controllerAddresses'>,
  options: HealOptions = {},
): Promise<HealSummary> => {
  const { run, unsettled, lastTime } = ledgerState(entries);
  if (run === undefined)
    throw new OrdealError('the ledger of faults does not say which run it is of', {
      code: 'empty-ledger',
      exitCode: exitCodes.usage,
      hint: 'heal the nodes instead of the run',
    });
  const nodes = cluster.nodes.filter((node) => run.nodes.includes(node.name));
  const undoneOn: { [node: string]: readonly string[] } = {};
  const failures = await onEach(agentsOf(run.run, nodes, options), async (agent) => {
    const node = agent.node;
    const undone = await agent.close();
    if (undone.length > 0) undoneOn[node.name] = undone;
    // What the node does not remember is undone by the ledger's own commands; undoing twice is harmless.
    const rest = unsettled.filter(({ id }) => !undone.includes(id));
    for (const { plan } of rest) await runAll(node, plan.nodes[node.name]?.heal ?? []);
  });
  const mechanisms = options.mechanisms ?? mechanismsFor(run.run, cluster.controllerAddresses);
  const proofs = await proveAll(unsettled, mechanisms, nodes);
  const healed = proofs.flatMap(({ id, proof }): LedgerEntry[] =>
    proof.holds === false ? [] : [{ type: 'healed', id, time: lastTime, by: 'command', proof }],
  );
  return {
    run: run.run,
    unsettled: unsettled.map(({ id }) => id),
    undoneOn,
    failures,
    proof: withFailures(mergeProofs(proofs.map(({ proof }) => proof)), failures),
    entries: healed,
  };
};

export type SweepSummary = {
  /** Runs that were given back, and rules that were removed, by node. */
  readonly removed: { readonly [node: string]: readonly string[] };
  /** Runs that are still alive and were left alone, by node. */
  readonly live: { readonly [node: string]: readonly string[] };
  readonly failures: readonly NodeFailure[];
};

/** Removes what runs left on nodes, by name prefix; a run whose lease is running is left alone unless `force`. */
export const healNodes = async (
  nodes: readonly Node[],
  options: HealOptions & { readonly force?: boolean } = {},
): Promise<SweepSummary> => {
  const removed: { [node: string]: readonly string[] } = {};
  const live: { [node: string]: readonly string[] } = {};
  const mechanisms = options.mechanisms ?? mechanismsFor('sweep', []);
  const failures = await onEach(agentsOf('sweep', nodes, options), async (agent) => {
    const { name } = agent.node;
    const found = await agent.sweep(options.force === true);
    const rules: string[] = [];
    for (const mechanism of mechanisms)
      rules.push(...((await mechanism.sweep?.(agent.node, found.live)) ?? []));
    const all = [...found.swept.map((run) => `run ${run}`), ...rules];
    if (all.length > 0) removed[name] = all;
    if (found.live.length > 0) live[name] = found.live;
  });
  return { removed, live, failures };
};

const agentsOf = (run: string, nodes: readonly Node[], options: HealOptions): readonly Agent[] =>
  nodes.map((node) => {
    const directory = options.directoryOf?.(node);
    return new Agent({ node, run, ...(directory === undefined ? {} : { directory }) });
  });

const runAll = async (node: Node, commands: readonly Command[]): Promise<void> => {
  for (const { argv, stdin } of commands)
    await node.remote.exec(argv, {
      sudo: true,
      timeoutMs: 20_000,
      ...(stdin === undefined ? {} : { stdin }),
    });
};

type Unsettled = { readonly id: string; readonly plan: Plan };

const proveAll = async (
  unsettled: readonly Unsettled[],
  mechanisms: readonly Mechanism[],
  nodes: readonly Node[],
): Promise<readonly { readonly id: string; readonly proof: Proof }[]> =>
  Promise.all(
    unsettled.map(async ({ id, plan }) => ({ id, proof: await proveOne(plan, mechanisms, nodes) })),
  );

const proveOne = async (
  plan: Plan,
  mechanisms: readonly Mechanism[],
  nodes: readonly Node[],
): Promise<Proof> => {
  const mechanism = mechanisms.find((candidate) => candidate.kind === plan.fault.kind);
  if (mechanism === undefined)
    return { holds: undefined, says: `nothing here can prove a ${plan.fault.kind}` };
  try {
    return await mechanism.proveHeal(plan, nodes, []);
  } catch (cause) {
    return { holds: undefined, says: `could not be measured: ${messageOf(cause)}` };
  }
};

/** A node that could not be reached spoils the proof, unless the other nodes' pings prove it anyway. */
const withFailures = (proof: Proof, failures: readonly NodeFailure[]): Proof =>
  failures.length === 0
    ? proof
    : { ...proof, says: `${proof.says}; not reached: ${sayFailures(failures)}` };
