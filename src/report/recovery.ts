// How fast each node served again after a fault was healed, and how much of the cluster the faults reached.
import { isCut } from './grudge.ts';
import type { Operation } from './operations.ts';
import { type FaultWindow, mergeWindows } from './windows.ts';

/** After one heal: nanoseconds until the first operation succeeded on each node; undefined when none did. */
export type Recovery = {
  readonly id: string;
  readonly kind: string;
  /** When it was healed. */
  readonly at: number;
  readonly nodes: { readonly [node: string]: number | undefined };
};

export type NodeOf = (process: number) => string | undefined;

/** The node a process talks to: process p runs on thread p mod concurrency, thread t talks to node t mod nodes. */
export const nodeOfProcess =
  (nodes: readonly string[], concurrency: number): NodeOf =>
  (process) =>
    concurrency > 0 && nodes.length > 0 ? nodes[(process % concurrency) % nodes.length] : undefined;

const firstFrom = (times: readonly number[], at: number): number | undefined => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return times[low];
};

/** For each healed fault, the time from the heal to the first operation that completed `ok` on each node. */
export const recoveryOf = (options: {
  readonly operations: readonly Operation[];
  readonly windows: readonly FaultWindow[];
  readonly nodes: readonly string[];
  readonly nodeOf: NodeOf;
}): readonly Recovery[] => {
  const successes = new Map(options.nodes.map((node) => [node, [] as number[]]));
  for (const { type, end, process } of options.operations)
    if (type === 'ok' && end !== undefined) successes.get(options.nodeOf(process) ?? '')?.push(end);
  for (const times of successes.values()) times.sort((a, b) => a - b);
  const since = (node: string, at: number): number | undefined => {
    const first = firstFrom(successes.get(node) ?? [], at);
    return first === undefined ? undefined : first - at;
  };
  return options.windows.flatMap(({ id, kind, end }) =>
    end === undefined
      ? []
      : [
          {
            id,
            kind,
            at: end,
            nodes: Object.fromEntries(options.nodes.map((n) => [n, since(n, end)])),
          },
        ],
  );
};

/** What the faults reached. */
export type Coverage = {
  readonly injected: number;
  /** Faults whose effect a probe has proven. */
  readonly verified: number;
  /** Faults whose end a probe has proven. */
  readonly healed: number;
  /** Nanoseconds under at least one fault. */
  readonly timeUnderFault: number;
  readonly nodesReached: readonly string[];
  /** Directed pairs (hearer, speaker) that were cut at least once, of all. */
  readonly pairsCut: number;
  readonly pairs: number;
};

const countPairs = (windows: readonly FaultWindow[], nodes: readonly string[]): number => {
  const grudges = windows.flatMap(({ grudge }) => (grudge === undefined ? [] : [grudge]));
  return nodes
    .flatMap((a) => nodes.filter((b) => b !== a).map((b) => [a, b] as const))
    .filter(([a, b]) => grudges.some((grudge) => isCut(grudge, a, b))).length;
};

/** Counts faults and what they reached. `until` ends windows that nothing ended. */
export const coverageOf = (
  windows: readonly FaultWindow[],
  nodes: readonly string[],
  until: number,
): Coverage => ({
  injected: windows.filter((w) => w.injected).length,
  verified: windows.filter((w) => w.effect?.holds === true).length,
  healed: windows.filter((w) => w.heal?.proof.holds === true).length,
  timeUnderFault: mergeWindows(windows, until).reduce((sum, s) => sum + s.end - s.start, 0),
  nodesReached: nodes.filter((node) => windows.some((w) => w.nodes.includes(node))),
  pairsCut: countPairs(windows, nodes),
  pairs: nodes.length * (nodes.length - 1),
});
