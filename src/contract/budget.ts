// How much of a cluster independent fault packages may break together.
import type { Grudge } from './faults.ts';

/** What a fault takes out of service: nodes that are down (killed, paused, cut off …), and who no longer hears whom. */
export type Harm = { readonly down?: readonly string[]; readonly cut?: Grudge };

/**
 * Asked before a fault strikes, by package. A node counts as faulty when it does not belong to the largest group of nodes
 * that are up and hear one another both ways.
 */
export type FaultBudget = {
  /** Takes a harm whole; a refusal says why in one sentence, and nothing was taken. */
  take(owner: string, harm: Harm): { readonly refused?: string };
  /** Takes as many of these nodes down as fit, in this order. */
  takeNodes(
    owner: string,
    nodes: readonly string[],
  ): { readonly granted: readonly string[]; readonly refused?: string };
  /** Gives back everything that the package holds. */
  give(owner: string): void;
};
