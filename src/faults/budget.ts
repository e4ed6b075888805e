// The budget of faults: counts which nodes the packages' faults leave out of the largest working group, and says no in time.
import type { FaultBudget, Harm } from '../contract/budget.ts';
import type { Grudge } from '../contract/faults.ts';

/** `--max-faulty`: a number of nodes, the largest minority, or no limit. */
export type MaxFaulty = number | 'minority' | 'all';

/** The nodes that are not in the largest group of nodes that are up and hear one another both ways. */
export const faultyNodes = (
  nodes: readonly string[],
  harms: readonly Harm[],
): readonly string[] => {
  const down = new Set(harms.flatMap((harm) => harm.down ?? []));
  const cuts = harms.flatMap((harm) => (harm.cut === undefined ? [] : [harm.cut]));
  const up = nodes.filter((node) => !down.has(node));
  const group = largestGroup(up, (a, b) => !cuts.some((cut) => hates(cut, a, b)));
  return nodes.filter((node) => !group.includes(node));
};

const hates = (cut: Grudge, a: string, b: string): boolean =>
  (cut[a]?.includes(b) ?? false) || (cut[b]?.includes(a) ?? false);

/** The largest set of nodes each of which is joined to all others; the first one found among equals. Clusters are small. */
const largestGroup = (
  nodes: readonly string[],
  isJoined: (a: string, b: string) => boolean,
): readonly string[] => {
  let best: readonly string[] = [];
  const grow = (group: readonly string[], rest: readonly string[]): void => {
    if (group.length > best.length) best = group;
    for (const [i, node] of rest.entries()) {
      if (group.length + rest.length - i <= best.length) return;
      grow(
        [...group, node],
        rest.slice(i + 1).filter((other) => isJoined(node, other)),
      );
    }
  };
  grow([], nodes);
  return best;
};

const limitOf = (max: MaxFaulty, nodes: number): number => {
  if (max === 'all') return nodes;
  return max === 'minority' ? Math.floor((nodes - 1) / 2) : max;
};

class Budget implements FaultBudget {
  readonly #nodes: readonly string[];
  readonly #limit: number;
  /** Also for a package that acts alone. */
  readonly #isStrict: boolean;
  readonly #held = new Map<string, readonly Harm[]>();

  constructor(nodes: readonly string[], max: MaxFaulty | undefined) {
    this.#nodes = nodes;
    this.#limit = limitOf(max ?? 'minority', nodes.length);
    this.#isStrict = max !== undefined;
  }

  take(owner: string, harm: Harm): { readonly refused?: string } {
    const refused = this.#refusalOf(owner, harm);
    if (refused !== undefined) return { refused };
    this.#held.set(owner, [...(this.#held.get(owner) ?? []), harm]);
    return {};
  }

  takeNodes(
    owner: string,
    nodes: readonly string[],
  ): { readonly granted: readonly string[]; readonly refused?: string } {
    const granted: string[] = [];
    let refused: string | undefined;
    for (const node of nodes) {
      const answer = this.take(owner, { down: [node] });
      if (answer.refused === undefined) granted.push(node);
      else refused ??= answer.refused;
    }
    return refused === undefined ? { granted } : { granted, refused };
  }

  give(owner: string): void {
    this.#held.delete(owner);
  }

  #refusalOf(owner: string, harm: Harm): string | undefined {
    const others = [...this.#held].filter(([who]) => who !== owner);
    if (others.length === 0 && !this.#isStrict) return undefined;
    const held = [...this.#held.values()].flat();
    const before = faultyNodes(this.#nodes, held);
    const after = faultyNodes(this.#nodes, [...held, harm]);
    // What makes nothing worse is welcome, even when one package alone went beyond the limit.
    if (after.length <= this.#limit || after.length <= before.length) return undefined;
    const beside =
      others.length === 0 ? '' : `, beside ${others.map(([who]) => who).join(' and ')}`;
    return `${after.length} of ${this.#nodes.length} nodes would be faulty (${after.join(', ')})${beside}; at most ${this.#limit} may be`;
  }
}

/**
 * Without `max` packages together keep to a minority, and one that acts alone keeps to its own options only; with `max`
 * nobody goes beyond it.
 */
export const openBudget = (nodes: readonly string[], max?: MaxFaulty): FaultBudget =>
  new Budget(nodes, max);
