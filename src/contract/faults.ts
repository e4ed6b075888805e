// Faults as data: what is asked for, the plan it resolves to, and what the ledger (`faults.jsonl`) records of it.
import type { Node } from './node.ts';

/** From whom each node drops: `{n1: ['n2']}` means n1 no longer receives what n2 sends (receive side, one way). */
export type Grudge = { readonly [node: string]: readonly string[] };

/** What is to break; `kind` names the mechanism, the rest are its parameters (JSON-safe). */
export type Fault = { readonly kind: string; readonly [parameter: string]: unknown };

/** One program on one node: an argument vector with optional standard input. */
export type Command = { readonly argv: readonly string[]; readonly stdin?: string };

/** What injection does on each node, and what undoes it. Undo commands are idempotent. */
export type Plan = {
  readonly fault: Fault;
  readonly nodes: {
    readonly [node: string]: {
      readonly inject: readonly Command[];
      readonly heal: readonly Command[];
    };
  };
};

/** What a probe saw: evidence for the report. `holds: undefined` means it could not be measured, and says why. */
export type Proof = {
  readonly holds: boolean | undefined;
  /** One sentence, e.g. "12 of 12 pairs cut: no ping answered; 3 pairs open". */
  readonly says: string;
  readonly detail?: unknown;
};

/** One line of `faults.jsonl`; times are nanoseconds since the run began. `planned` is on disk before the fault strikes. */
export type LedgerEntry =
  | {
      readonly type: 'run';
      readonly version: 1;
      readonly run: string;
      /** What `ordeal heal` needs to reach the nodes when the run is gone. */
      readonly cluster: { readonly kind: string; readonly name: string };
      readonly nodes: readonly string[];
    }
  | { readonly type: 'planned'; readonly id: string; readonly time: number; readonly plan: Plan }
  | {
      readonly type: 'injected';
      readonly id: string;
      readonly time: number;
      readonly tookMs: number;
    }
  | { readonly type: 'verified'; readonly id: string; readonly time: number; readonly proof: Proof }
  | {
      readonly type: 'healed';
      readonly id: string;
      readonly time: number;
      readonly by: 'runner' | 'lease' | 'command';
      readonly proof: Proof;
    }
  | {
      readonly type: 'failed';
      readonly id: string;
      readonly time: number;
      readonly message: string;
    };

/** What a nemesis package holds to break things: every fault leased, ledgered, verified, and healed however the run ends. */
export type FaultControl = {
  /** Plans, arms the lease, writes the ledger, injects and verifies. Resolves with the id that heals it. */
  inject(
    fault: Fault,
    signal?: AbortSignal,
  ): Promise<{ readonly id: string; readonly proof: Proof }>;
  /** Undoes one fault and proves it; healing twice is harmless. */
  heal(id: string): Promise<Proof>;
  /** Ids of the faults that are active now. */
  readonly active: readonly string[];
  /** Undoes everything, newest first, and past failures; throws naming what could not be undone. */
  healAll(): Promise<Proof>;
};

/** Turns a fault of one kind into a plan, and proves its effect and its absence. */
export type Mechanism = {
  readonly kind: string;
  /** What a nemesis package names in `needs` to have it, e.g. `firewall`. */
  readonly capability: string;
  /** Finds out before the run what the nodes can do; throws one line naming what is missing. Leaves no trace. */
  prepare?(nodes: readonly Node[]): Promise<void>;
  /** `id` is the fault's own: whatever is made on a node carries it in its name. */
  plan(fault: Fault, nodes: readonly Node[], id: string): Promise<Plan> | Plan;
  /** `others` are the plans that are in force beside this one: what they do is not this one's effect. */
  proveEffect(plan: Plan, nodes: readonly Node[], others: readonly Plan[]): Promise<Proof>;
  proveHeal(plan: Plan, nodes: readonly Node[], others: readonly Plan[]): Promise<Proof>;
  /** Removes from a node, by name prefix, what any run but the `live` ones left there; says what it removed. */
  sweep?(node: Node, live: readonly string[]): Promise<readonly string[]>;
};
