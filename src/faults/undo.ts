// Healing: undo on every node, prove it, ledger it; what a node cannot be told, its lease does.
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '../base/assert.ts';
import { exitCodes, messageOf, OrdealError } from '../base/errors.ts';
import type { Proof } from '../contract/faults.ts';
import { type NodeFailure, sayFailures } from './agent.ts';
import { type ActiveFault, type FaultWorld, onNodes, othersOf, provenOr } from './fault-world.ts';
import type { Ending } from './lease.ts';

/** Milliseconds between attempts at a node that could not be healed. */
const retryMs = 1_000;

/** Undoes a fault wherever it may be in force; resolves with the nodes that could not be told. */
export const undo = async (
  world: FaultWorld,
  fault: ActiveFault,
): Promise<readonly NodeFailure[]> => {
  const failures = await onNodes(world, fault.armed, async (agent) => {
    await agent.heal(fault.id);
    fault.armed.delete(agent.node.name);
  });
  for (const { node } of failures) world.lease.undoLater(node, fault.id);
  return failures;
};

/** Proves that nothing is left of a fault and closes it in the ledger; throws `not-healed` when something may be. */
export const settle = async (
  world: FaultWorld,
  fault: ActiveFault,
  unhealed: readonly NodeFailure[] = [],
): Promise<Proof> => {
  const { id, mechanism, plan } = fault;
  const others = othersOf(world, fault);
  const proof = await provenOr(mechanism.proveHeal(plan, world.nodes, others));
  if (proof.holds === false || (fault.unheard && proof.holds !== true))
    return fail(world, fault, [sayFailures(unhealed), proof.says].filter(Boolean).join('; '));
  world.faults.delete(id);
  world.settled.set(id, proof);
  const by = fault.lapsed ? 'lease' : 'runner';
  await world.record({ type: 'healed', id, time: world.now(), by, proof });
  return proof;
};

/** Heals one fault, once: whoever asks meanwhile gets the same answer, whoever asks later its proof. */
export const heal = (world: FaultWorld, id: string): Promise<Proof> => {
  const proof = world.settled.get(id);
  if (proof !== undefined) return Promise.resolve(proof);
  const fault = world.faults.get(id);
  assert(fault !== undefined, `no fault ${id} was ever injected`);
  fault.healing ??= healNow(world, fault).finally(() => {
    fault.healing = undefined;
  });
  return fault.healing;
};

const healNow = async (world: FaultWorld, fault: ActiveFault): Promise<Proof> => {
  const failures = await undo(world, fault);
  return fault.armed.size > 0 ? fail(world, fault, sayFailures(failures)) : settle(world, fault);
};

/** A node says, or its silence for longer than the lease means, that these faults are over there. */
export const faultsGone = async (
  world: FaultWorld,
  gone: { readonly node: string; readonly ids: readonly string[]; readonly by: Ending },
): Promise<void> => {
  for (const id of gone.ids) {
    const fault = world.faults.get(id);
    if (fault === undefined || !fault.armed.delete(gone.node)) continue;
    if (gone.by !== 'runner') {
      lapse(fault, gone.by);
      world.warn(`the lease ran out: fault ${id} is over here`, gone.node);
    }
    if (fault.armed.size > 0 || fault.healing !== undefined) continue;
    await heal(world, id).catch((cause: unknown) => world.warn(messageOf(cause)));
  }
};

const lapse = (fault: ActiveFault, by: 'lease' | 'silence'): void => {
  fault.lapsed = true;
  if (by === 'silence') fault.unheard = true;
};

/** Undoes everything, newest first and past failures, waiting out the leases of nodes that cannot be reached. */
export const healAll = async (world: FaultWorld): Promise<Proof> => {
  await Promise.allSettled(world.striking);
  await Promise.allSettled([...world.faults.values()].map((fault) => fault.healing));
  const faults = [...world.faults.values()].toReversed();
  const turns = faults.map((fault) => takeTurn(fault));
  const reasons = new Map<ActiveFault, readonly NodeFailure[]>();
  for (const fault of faults) reasons.set(fault, await undo(world, fault));
  await waitOut(world, faults, reasons);
  const results: PromiseSettledResult<Proof>[] = [];
  for (const [i, fault] of faults.entries())
    results.push(await turns[i]!(settleLast(world, fault, reasons.get(fault) ?? [])));
  const failures = results.flatMap((r) => (r.status === 'rejected' ? [messageOf(r.reason)] : []));
  if (failures.length > 0) throw notHealed(failures.join('; '));
  return mergeProofs(results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : [])));
};

/** Whoever asks to heal the fault from now on waits for our answer; give it with the function returned. */
const takeTurn = (fault: ActiveFault) => {
  const turn = Promise.withResolvers<Proof>();
  turn.promise.catch(() => undefined); // nobody may be asking
  fault.healing = turn.promise;
  return async (answer: Promise<Proof>): Promise<PromiseSettledResult<Proof>> => {
    const [result] = await Promise.allSettled([answer]);
    fault.healing = undefined;
    turn.resolve(answer);
    return result;
  };
};

/** Tries again every second until every node is healed or has certainly healed itself. */
const waitOut = async (
  world: FaultWorld,
  faults: readonly ActiveFault[],
  reasons: Map<ActiveFault, readonly NodeFailure[]>,
): Promise<void> => {
  const left = (): ActiveFault[] => faults.filter((fault) => fault.armed.size > 0);
  const outMs = (): number =>
    Math.max(0, ...left().flatMap((f) => [...f.armed].map((node) => world.lease.untilOutMs(node))));
  // A node that answers but cannot undo keeps its lease: the first look bounds the wait.
  const tries = Math.ceil(outMs() / retryMs);
  for (let attempt = 0; attempt < tries && left().length > 0 && outMs() > 0; attempt++) {
    await sleep(Math.min(retryMs, outMs()));
    for (const fault of left()) reasons.set(fault, await undo(world, fault));
  }
};

const settleLast = (
  world: FaultWorld,
  fault: ActiveFault,
  unhealed: readonly NodeFailure[],
): Promise<Proof> => {
  // What is armed still is where nobody answers, for longer than the lease.
  if (fault.armed.size > 0) lapse(fault, 'silence');
  fault.armed.clear();
  return settle(world, fault, unhealed);
};

const fail = async (world: FaultWorld, fault: ActiveFault, why: string): Promise<never> => {
  const message = `${fault.plan.fault.kind} ${fault.id} not healed: ${why}`;
  await world.record({ type: 'failed', id: fault.id, time: world.now(), message });
  throw notHealed(message);
};

const notHealed = (message: string): OrdealError =>
  new OrdealError(message, {
    code: 'not-healed',
    exitCode: exitCodes.notHealed,
    hint: 'a node that cannot be reached heals itself when its lease is out; `ordeal heal` proves it',
  });

/** The worst of several proofs, with all their sentences. */
export const mergeProofs = (proofs: readonly Proof[]): Proof => {
  if (proofs.length === 0) return { holds: true, says: 'nothing was in force' };
  const holds = proofs.some((proof) => proof.holds === false)
    ? false
    : proofs.every((proof) => proof.holds === true)
      ? true
      : undefined;
  return { holds, says: proofs.map((proof) => proof.says).join('; ') };
};
