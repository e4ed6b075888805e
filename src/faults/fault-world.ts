// What injecting and healing share: the nodes, their agents, the lease, the ledger, and the faults in force.

import type { LedgerEntry, Mechanism, Plan, Proof } from '../contract/faults.ts';
import type { Node } from '../contract/node.ts';
import { type Agent, type NodeFailure, onEach } from './agent.ts';
import type { LeaseKeeper } from './lease.ts';

/** A fault from the moment it is ledgered until it is proven healed. */
export type ActiveFault = {
  readonly id: string;
  readonly plan: Plan;
  readonly mechanism: Mechanism;
  /** Nodes on which it may be in force. */
  readonly armed: Set<string>;
  /** Every node has answered the strike. */
  struck: boolean;
  /** A node has healed itself of it, its lease being out. */
  lapsed: boolean;
  /** A node could not even say so: then only a proof from the other nodes closes the fault. */
  unheard: boolean;
  /** Set while it is being healed, so that it is healed once. */
  healing: Promise<Proof> | undefined;
};

export type FaultWorld = {
  readonly nodes: readonly Node[];
  readonly agents: ReadonlyMap<string, Agent>;
  readonly mechanisms: readonly Mechanism[];
  readonly missing: ReadonlyMap<string, string>;
  readonly leaseSeconds: number;
  readonly lease: LeaseKeeper;
  /** Nanoseconds since the run began. */
  readonly now: () => number;
  /** Ledgers an entry; resolves when it is on disk. */
  readonly record: (entry: LedgerEntry) => Promise<void>;
  readonly warn: (message: string, node?: string) => void;
  /** Newest last. */
  readonly faults: Map<string, ActiveFault>;
  /** Proofs of the faults that are over, by id. */
  readonly settled: Map<string, Proof>;
  /** Strikes under way: healing everything waits for them, or they would land behind it. */
  readonly striking: Set<Promise<unknown>>;
};

/** Runs on the agents of these nodes at the same time. */
export const onNodes = (
  world: FaultWorld,
  names: Iterable<string>,
  act: (agent: Agent) => Promise<unknown>,
): Promise<readonly NodeFailure[]> =>
  onEach(
    [...names].map((name) => world.agents.get(name)!),
    act,
  );

/** The plans in force beside this fault. */
export const othersOf = (world: FaultWorld, fault: ActiveFault): readonly Plan[] =>
  [...world.faults.values()].filter((other) => other !== fault).map((other) => other.plan);

/** A proof that could not be taken says why, and proves nothing. */
export const provenOr = (attempt: Promise<Proof>): Promise<Proof> =>
  attempt.catch((cause: unknown) => ({
    holds: undefined,
    says: `could not be measured: ${cause instanceof Error ? cause.message : String(cause)}`,
  }));
