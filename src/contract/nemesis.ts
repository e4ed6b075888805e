// A nemesis package: what breaks, on what schedule, and how it is put back.
import type { GenLike } from '../generator/generator.ts';
import type { Completion, Op } from '../history/op.ts';
import type { FaultBudget } from './budget.ts';
import type { FaultControl } from './faults.ts';
import type { Node } from './node.ts';
import type { OptionSpecs, OptionValues } from './options.ts';
import type { System, SystemContext } from './system.ts';

export type NemesisContext = {
  readonly nodes: readonly string[];
  readonly options: OptionValues;
  /** Seconds between this package's operations (`--nemesis-interval`). */
  readonly interval: number;
};

/** What its operations act on. */
export type NemesisWorld = {
  readonly nodes: readonly Node[];
  readonly faults: FaultControl;
  /** Asked before anything is broken, told when it is whole again; absent: no limit. */
  readonly budget?: FaultBudget;
  readonly system: System;
  readonly systemContext: SystemContext;
};

/** An interval to draw on the report: opened by an `f` of `start`, closed by one of `stop`. */
export type Band = {
  readonly name: string;
  readonly start: readonly string[];
  readonly stop: readonly string[];
};

export type NemesisPackage = {
  readonly about: string;
  /** Capabilities that must be there, e.g. `firewall`; missing ones end the run with exit 4. */
  readonly needs: readonly string[];
  /** Functions of the system that it calls; a system without them is refused. */
  readonly needsSystem?: readonly (keyof System)[];
  readonly options?: OptionSpecs;
  readonly bands: readonly Band[];
  /** The `f`s that `invoke` understands. */
  readonly fs: readonly string[];
  readonly generator: (context: NemesisContext) => GenLike;
  /** Heals: run when the main part is over. */
  readonly finalGenerator?: (context: NemesisContext) => GenLike;
  /**
   * Puts back what fault control does not know of, e.g. killed processes, in whatever state the operations left it:
   * called when they are over, however they ended. Idempotent; a throw means that the cluster is not healed.
   */
  readonly restore?: (world: NemesisWorld) => Promise<void>;
  /** Performs one operation; completes as `info` (Jepsen's convention) with what was done as value. */
  readonly invoke: (op: Op, world: NemesisWorld, signal: AbortSignal) => Promise<Completion>;
};
