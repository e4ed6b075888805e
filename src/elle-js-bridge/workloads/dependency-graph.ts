// Dependencies between operations, and the cycles among them under the names that Adya and Elle give them.
import { type Edges, shortCycles, shortPath } from '../weak/graph.ts';
import type { Completed } from './verdict.ts';

/** What makes one operation depend on another; the ones that end in p are about predicates. */
export type Relation = 'ww' | 'wr' | 'rw' | 'wrp' | 'rwp' | 'process' | 'realtime';

/** One step of a cycle: indices of the operations, the relation, and a sentence. */
export type DependencyStep = {
  readonly from: number;
  readonly to: number;
  readonly relation: Relation;
  readonly key?: unknown;
  readonly text: string;
};

/** A cycle and its name. */
export type DependencyCycle = {
  readonly type: string;
  readonly steps: readonly DependencyStep[];
  readonly text: string;
};

type Edge = {
  readonly from: number;
  readonly to: number;
  readonly relation: Relation;
  readonly key?: unknown;
  readonly text?: string;
};

const isRead = (relation: Relation): boolean => relation === 'rw' || relation === 'rwp';
const isOrder = (relation: Relation): boolean => relation === 'process' || relation === 'realtime';

/** The name of a cycle by its steps. */
export const cycleName = (steps: readonly { readonly relation: Relation }[]): string => {
  const reads = steps.filter((step) => isRead(step.relation)).length;
  const has = (...relations: Relation[]): boolean =>
    steps.some((step) => relations.includes(step.relation));
  const item = has('rwp') ? '' : '-item';
  const suffix = has('realtime') ? '-realtime' : has('process') ? '-process' : '';
  if (reads === 0) return `${has('wr', 'wrp') ? 'G1c' : 'G0'}${suffix}`;
  if (reads === 1) return `G-single${item}${suffix}`;
  const adjacent = steps.some(
    (step, i) =>
      isRead(step.relation) &&
      isRead((steps[(i + 1) % steps.length] as { relation: Relation }).relation),
  );
  return `${adjacent ? 'G2' : 'G-nonadjacent'}${item}${suffix}`;
};

/** Rw edges tried one by one for a cycle with no other; beyond that only larger cycles are named. */
const singlesMax = 256;

/** Collects dependencies between completed operations, and finds cycles. */
export class DependencyGraph {
  readonly #nodes: readonly Completed<unknown>[];
  readonly #edges: Edge[] = [];
  /** Operations, then helpers: moments of real time, and hubs. */
  #count: number;

  constructor(nodes: readonly Completed<unknown>[]) {
    this.#nodes = nodes;
    this.#count = nodes.length;
  }

  /** Adds a dependency; none of an operation on itself. */
  add(edge: Edge): void {
    if (edge.from !== edge.to) this.#edges.push(edge);
  }

  /** Adds a dependency of each of the second on each of the first, through a helper where that takes fewer edges. */
  addAll(
    all: { from: readonly number[]; to: readonly number[] } & Omit<Edge, 'from' | 'to'>,
  ): void {
    const { from, to, ...meaning } = all;
    if (from.length * to.length <= from.length + to.length) {
      for (const a of from) for (const b of to) this.add({ from: a, to: b, ...meaning });
      return;
    }
    const hub = this.#count++;
    for (const a of from) this.add({ from: a, to: hub, ...meaning });
    for (const b of to) this.add({ from: hub, to: b, ...meaning });
  }

  /** Each process executes its operations in order. */
  addProcesses(): void {
    const last = new Map<unknown, number>();
    for (const [node, { op }] of this.#nodes.entries()) {
      const before = last.get(op.process);
      if (before !== undefined) this.add({ from: before, to: node, relation: 'process' });
      if (op.type === 'ok') last.set(op.process, node);
    }
  }

  /** What completed before another was invoked comes before it: a chain of moments, O(n) edges. */
  addRealtime(): void {
    const events = this.#nodes
      .flatMap(({ op, invokedAt, completedAt }, node) => [
        { at: invokedAt, node, ends: false },
        ...(op.type === 'ok' ? [{ at: completedAt, node, ends: true }] : []),
      ])
      .filter(
        ({ at, node, ends }) => ends || at < (this.#nodes[node] as Completed<unknown>).completedAt,
      )
      .sort((a, b) => a.at - b.at);
    let moment = -1;
    let fresh = false;
    for (const { node, ends } of events) {
      if (!ends) {
        if (moment >= 0) this.add({ from: moment, to: node, relation: 'realtime' });
        fresh = false;
        continue;
      }
      if (!fresh) {
        const next = this.#count++;
        if (moment >= 0) this.add({ from: moment, to: next, relation: 'realtime' });
        moment = next;
        fresh = true;
      }
      this.add({ from: node, to: moment, relation: 'realtime' });
    }
  }

  /** The shortest cycles found, at most one for each type and component; weaker orders first. */
  cycles(limit = 8): DependencyCycle[] {
    const found = new Map<string, DependencyCycle[]>();
    for (const ordered of [false, true]) {
      if (ordered && !this.#edges.some((edge) => isOrder(edge.relation))) break;
      for (const cycle of this.#passes(ordered, limit)) {
        const steps = this.#steps(cycle);
        const type = cycleName(steps);
        const known = found.get(type) ?? [];
        found.set(type, known);
        const text = `${steps.map((step) => step.text).join('; ')}: a contradiction`;
        if (known.length < limit && !known.some((other) => other.text === text))
          known.push({ type, steps, text });
      }
    }
    return [...found.values()].flat();
  }

  /** Cycles of writes, of writes and reads, with one anti-dependency, with none adjacent, and any. */
  *#passes(ordered: boolean, limit: number): Generator<Edge[]> {
    const orders = this.#edges.filter((edge) => ordered && isOrder(edge.relation));
    const of = (...relations: Relation[]): Edge[] => [
      ...this.#edges.filter((edge) => relations.includes(edge.relation)),
      ...orders,
    ];
    const forward = of('ww', 'wr', 'wrp');
    yield* this.#shortest(of('ww'), limit);
    yield* this.#shortest(forward, limit);
    const full = of('ww', 'wr', 'wrp', 'rw', 'rwp');
    const cyclic = this.#shortest(full, limit);
    if (cyclic.length === 0) return;
    for (const item of [true, false]) yield* this.#singles(forward, item, limit);
    yield* this.#nonadjacent(full, limit);
    yield* cyclic;
  }

  #shortest(edges: readonly Edge[], limit: number): Edge[][] {
    const graph = columns(this.#count, edges);
    return shortCycles(graph, limit).map((cycle) => cycle.map((e) => edges[e] as Edge));
  }

  /** Cycles with exactly one anti-dependency: a way back that needs no other. */
  #singles(forward: readonly Edge[], item: boolean, limit: number): Edge[][] {
    const graph = columns(this.#count, forward);
    const found: Edge[][] = [];
    const reads = this.#edges.filter((edge) => edge.relation === (item ? 'rw' : 'rwp'));
    for (const read of reads.slice(0, singlesMax)) {
      const path = shortPath(graph, { from: read.to, to: read.from });
      if (path !== undefined && path.length > 0)
        found.push([read, ...path.map((e) => forward[e] as Edge)]);
    }
    return found.sort((a, b) => a.length - b.length).slice(0, limit);
  }

  /**
   * Cycles without two anti-dependencies in a row: in a graph of begins (v) and commits (count + v) they are just
   * cycles.
   */
  #nonadjacent(edges: readonly Edge[], limit: number): Edge[][] {
    const n = this.#count;
    const from = edges.map((edge) => (isRead(edge.relation) ? edge.from : n + edge.from));
    const to = edges.map((edge) => (isRead(edge.relation) ? n + edge.to : edge.to));
    for (let v = 0; v < n; v++) {
      from.push(v);
      to.push(n + v);
    }
    return shortCycles({ count: 2 * n, from, to }, limit).map((cycle) =>
      cycle.filter((e) => e < edges.length).map((e) => edges[e] as Edge),
    );
  }

  /** Steps between operations: helpers drop out. */
  #steps(cycle: readonly Edge[]): DependencyStep[] {
    const isOp = (node: number): boolean => node < this.#nodes.length;
    const first = cycle.findIndex((edge) => isOp(edge.from));
    const steps: DependencyStep[] = [];
    let from = -1;
    for (const edge of [...cycle.slice(first), ...cycle.slice(0, first)]) {
      if (isOp(edge.from)) from = edge.from;
      if (isOp(edge.to)) steps.push(this.#step({ ...edge, from }));
    }
    return steps;
  }

  #step(edge: Edge): DependencyStep {
    const [a, b] = [
      this.#nodes[edge.from] as Completed<unknown>,
      this.#nodes[edge.to] as Completed<unknown>,
    ];
    const names = { from: a.index, to: b.index };
    const plain =
      edge.relation === 'process'
        ? `process ${a.op.process} executed T${a.index} before T${b.index}`
        : `T${a.index} completed before T${b.index} was invoked`;
    const text = edge.text === undefined ? plain : `T${a.index} ${edge.text} T${b.index}`;
    const { relation } = edge;
    return edge.key === undefined
      ? { ...names, relation, text }
      : { ...names, relation, key: edge.key, text };
  }
}

const columns = (count: number, edges: readonly Edge[]): Edges => ({
  count,
  from: Int32Array.from(edges, (edge) => edge.from),
  to: Int32Array.from(edges, (edge) => edge.to),
});

/** Findings by type, for a verdict. */
export const byType = <T extends { readonly type: string }>(
  found: readonly T[],
): Record<string, T[]> => {
  const groups: Record<string, T[]> = {};
  for (const item of found) {
    groups[item.type] ??= [];
    groups[item.type]?.push(item);
  }
  return groups;
};
