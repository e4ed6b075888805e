// Injecting: plan, ledger, then one round trip per node that stores the undo, arms the lease and strikes; then the proof.
import { assert } from '../base/assert.ts';
import { infrastructureError, messageOf, usageError } from '../base/errors.ts';
import type { Fault, Mechanism, Plan, Proof } from '../contract/faults.ts';
import { sayFailures } from './agent.ts';
import { type ActiveFault, type FaultWorld, onNodes, othersOf, provenOr } from './fault-world.ts';
import { emptyTargets } from './grudge.ts';
import { settle, undo } from './undo.ts';

export type StrikeOptions = { readonly id: string; readonly signal?: AbortSignal };

/** Injects a fault; when any node refuses it, it is undone on all of them and the error names who refused. */
export const strike = async (
  world: FaultWorld,
  fault: Fault,
  options: StrikeOptions,
): Promise<{ readonly id: string; readonly proof: Proof }> => {
  const decidedAt = world.now();
  const { id, signal } = options;
  const mechanism = mechanismOf(world, fault.kind);
  const plan = await mechanism.plan(fault, world.nodes, id);
  requireTargets(world, plan);
  signal?.throwIfAborted();
  const armed = new Set(Object.keys(plan.nodes));
  const active: ActiveFault = {
    id,
    plan,
    mechanism,
    armed,
    struck: false,
    lapsed: false,
    unheard: false,
    healing: undefined,
  };
  await world.record({ type: 'planned', id, time: decidedAt, plan });
  world.faults.set(id, active);
  try {
    await arm(world, active, signal);
    const time = world.now();
    await world.record({ type: 'injected', id, time, tookMs: (time - decidedAt) / 1e6 });
    const proof = await provenOr(mechanism.proveEffect(plan, world.nodes, othersOf(world, active)));
    await world.record({ type: 'verified', id, time: world.now(), proof });
    if (proof.holds === false)
      world.warn(`fault ${id} (${fault.kind}) has no effect: ${proof.says}`);
    return { id, proof };
  } catch (cause) {
    await abandon(world, active, cause);
    throw cause;
  }
};

const mechanismOf = (world: FaultWorld, kind: string): Mechanism => {
  const mechanism = world.mechanisms.find((candidate) => candidate.kind === kind);
  if (mechanism === undefined) {
    const kinds = world.mechanisms.map((candidate) => candidate.kind).join(', ');
    throw usageError(`unknown fault kind ${kind}`, `known kinds: ${kinds}`);
  }
  const reason = world.missing.get(mechanism.capability);
  if (reason === undefined) return mechanism;
  throw infrastructureError(`cannot inject a ${kind}: ${reason}`, { code: 'missing-capability' });
};

const requireTargets = (world: FaultWorld, plan: Plan): void => {
  const targets = Object.keys(plan.nodes);
  if (targets.length === 0)
    throw emptyTargets(`the ${plan.fault.kind} touches no node`, 'name at least one node');
  for (const name of targets)
    assert(world.agents.has(name), `a plan for ${name}, which is no node`);
};

const arm = async (
  world: FaultWorld,
  fault: ActiveFault,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const failures = await onNodes(world, fault.armed, async (agent) => {
    await agent.inject(fault.id, {
      leaseSeconds: world.leaseSeconds,
      commands: fault.plan.nodes[agent.node.name]!,
      ...(signal === undefined ? {} : { signal }),
    });
    world.lease.touched(agent.node.name);
  });
  if (failures.length > 0)
    throw infrastructureError(`${fault.plan.fault.kind} not injected: ${sayFailures(failures)}`, {
      code: 'inject-failed',
      cause: failures[0]?.cause,
    });
  fault.struck = true;
};

/** Undoes a strike that went wrong. Its own troubles are told, never thrown: the first error is the one to report. */
const abandon = async (world: FaultWorld, fault: ActiveFault, cause: unknown): Promise<void> => {
  const { id } = fault;
  const failures = await undo(world, fault);
  try {
    await world.record({ type: 'failed', id, time: world.now(), message: messageOf(cause) });
    if (failures.length === 0) await settle(world, fault);
    else world.warn(`fault ${id} is left to the lease of ${sayFailures(failures)}`);
  } catch (trouble) {
    world.warn(`fault ${id}: ${messageOf(trouble)}`);
  }
};
