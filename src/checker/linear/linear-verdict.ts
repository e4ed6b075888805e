// What the linearizability checkers say: the verdict and its evidence, JSON-safe.
import type { Op } from '../../history/op.ts';
import type { Valid, Verdict } from '../verdict.ts';
import type { Weaker } from '../weaker/weaker.ts';
import type { Witness } from '../witness.ts';

/** Why one key is not linearizable. */
export type Failure = {
  readonly key?: string | number;
  /** The first completion that no order explains. */
  readonly operation: Op;
  /** True when the budget ended before it was clear that no earlier one fails. */
  readonly maybeLate?: boolean;
  /** The ok completion of this key before it. */
  readonly previousOk?: Op;
  /** How far everything could be explained: completed operations of this key, and the index of `operation`. */
  readonly prefix: { readonly operations: number; readonly index: number };
  /** In words: what the object may have been when `operation` returned. */
  readonly states: readonly string[];
  /** The smallest failing history found, as records; on its own it is not linearizable either. */
  readonly minimal: readonly Op[];
  /** False when the budget for making it small ended first. */
  readonly isMinimal: boolean;
  /** For registers: what this key kept all the same. */
  readonly weaker?: Weaker;
  readonly witness: Witness;
};

export type LinearVerdict = Verdict & {
  readonly valid: Valid;
  /** What decided it: `zones`, `precedence`, `wgl`, or several, by key. */
  readonly engine: string;
  readonly model: string;
  readonly configurations: number;
  readonly keys: {
    readonly checked: number;
    readonly valid: number;
    readonly invalid: number;
    readonly unknown: number;
  };
  /** Of the failure that happened first: as in `failures[0]`. */
  readonly operation?: Op;
  readonly previousOk?: Op;
  readonly minimal?: readonly Op[];
  readonly witness?: Witness;
  /** For registers: what held of all keys all the same, and how stale reads were. */
  readonly weaker?: Weaker;
  /** At most 16, the first to happen first. */
  readonly failures?: readonly Failure[];
  /** Keys on which the budget ended, at most 16, with the operation reached. */
  readonly undecided?: readonly { readonly key?: string | number; readonly reached?: Op }[];
  /** On request, for each valid key: invocations (by index) of what took effect, in an order that the model allows. */
  readonly certificates?: readonly {
    readonly key?: string | number;
    readonly order: readonly number[];
  }[];
  /** Why it is `unknown`. */
  readonly reason?: string;
  readonly error?: string;
};
