// From forced commit-order edges to cycles: sessions and reads need no edges of their own until something is wrong.
import type { CommitEdges } from './edges.ts';
import { shortCycles } from './graph.ts';
import type { Transactions } from './transactions.ts';
import { commitStep, Names, plainStep, type Step, type WeakAnomaly } from './words.ts';

/** Forced edges grouped by the transaction they lead to. */
const byTarget = (
  txns: Transactions,
  edges: CommitEdges,
): { start: Int32Array; from: Int32Array } => {
  const start = new Int32Array(txns.count + 2);
  const [to, from] = [edges.to.view(), edges.from.view()];
  for (const t of to) start[t + 2]!++;
  for (let t = 0; t < txns.count; t++) start[t + 2]! += start[t + 1] as number;
  const sorted = new Int32Array(from.length);
  for (let e = 0; e < from.length; e++) sorted[start[(to[e] as number) + 1]!++] = from[e] as number;
  return { start, from: sorted };
};

const before = (txns: Transactions, t: number): number =>
  txns.session[t] === txns.session[t - 1] ? t - 1 : 0;

/** Peels off transactions that nothing left must follow; what remains lies on cycles, or before them. */
const cyclicPart = (txns: Transactions, edges: CommitEdges): Uint8Array => {
  const { start, from } = byTarget(txns, edges);
  const after = new Int32Array(txns.count);
  for (let t = 1; t < txns.count; t++) after[before(txns, t)]!++;
  for (const t of txns.readFrom) after[t]!++;
  for (const t of from) after[t]!++;
  const peeled: number[] = [];
  const inside = new Uint8Array(txns.count).fill(1);
  for (let t = 0; t < txns.count; t++) if (after[t] === 0) peeled.push(t);
  const drop = (t: number): void => {
    if (--after[t]! === 0) peeled.push(t);
  };
  for (let t = peeled.pop(); t !== undefined; t = peeled.pop()) {
    inside[t] = 0;
    if (t > 0) drop(before(txns, t));
    for (let i = txns.readStart[t] as number; i < (txns.readStart[t + 1] as number); i++)
      drop(txns.readFrom[i] as number);
    for (let i = start[t] as number; i < (start[t + 1] as number); i++) drop(from[i] as number);
  }
  return inside;
};

/** All edges among the remaining transactions, with what each stands for: a session, a read, or a forced edge. */
class Remaining {
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly #kind: ('session' | 'read' | 'commit')[] = [];
  readonly #at: number[] = [];
  readonly #txns: Transactions;
  readonly #edges: CommitEdges;
  readonly #names: Names;

  constructor(txns: Transactions, edges: CommitEdges, inside: Uint8Array) {
    this.#txns = txns;
    this.#edges = edges;
    this.#names = new Names(txns);
    const add = (
      from: number,
      to: number,
      kind: 'session' | 'read' | 'commit',
      at: number,
    ): void => {
      if (inside[from] === 0 || inside[to] === 0) return;
      this.from.push(from);
      this.to.push(to);
      this.#kind.push(kind);
      this.#at.push(at);
    };
    for (let t = 1; t < txns.count; t++) {
      if (inside[t] === 0) continue;
      add(before(txns, t), t, 'session', -1);
      for (let i = txns.readStart[t] as number; i < (txns.readStart[t + 1] as number); i++)
        add(txns.readFrom[i] as number, t, 'read', i);
    }
    for (let e = 0; e < edges.length; e++) add(edges.from.at(e), edges.to.at(e), 'commit', e);
  }

  step(edge: number): Step {
    const at = this.#at[edge] as number;
    const [from, to] = [this.from[edge] as number, this.to[edge] as number];
    if (this.#kind[edge] === 'commit')
      return commitStep(this.#names, this.#txns, { edges: this.#edges, at });
    if (this.#kind[edge] === 'session')
      return plainStep(this.#names, { from, to, relation: 'process' });
    const key = this.#txns.readKey[at] as number;
    const write = this.#txns.readWrite[at] as number;
    return plainStep(this.#names, { from, to, relation: 'wr', key, write });
  }
}

/** The name of a cycle: by the strongest reason it needs. */
const nameOf = (steps: readonly Step[]): string => {
  for (const because of ['causal', 'fractured', 'non-monotonic'] as const)
    if (steps.some((step) => step.because === because))
      return because === 'causal'
        ? 'causality-violation'
        : because === 'fractured'
          ? 'fractured-read'
          : 'non-monotonic-read';
  const base = steps.some((step) => step.relation === 'wr') ? 'G1c' : 'G0';
  return steps.some((step) => step.relation === 'process') ? `${base}-process` : base;
};

/** The cycle as an anomaly, with its steps in words. */
export const describe = (type: string, steps: readonly Step[]): WeakAnomaly => ({
  type,
  steps,
  text: `${steps.map((step) => step.text).join('; ')}: a contradiction`,
});

/** Cycles among sessions, reads and forced edges, one for each strongly connected component, at most `limit`. */
export const commitCycles = (
  txns: Transactions,
  edges: CommitEdges,
  limit: number,
): WeakAnomaly[] => {
  const inside = cyclicPart(txns, edges);
  if (!inside.includes(1)) return [];
  const remaining = new Remaining(txns, edges, inside);
  const graph = { count: txns.count, from: remaining.from, to: remaining.to };
  return shortCycles(graph, limit).map((cycle) => {
    const steps = cycle.map((edge) => remaining.step(edge));
    return describe(nameOf(steps), steps);
  });
};
