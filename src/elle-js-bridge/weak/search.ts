// Search for an order of all chains of writes: decides only what is wrong, and learns from cycles.
import { Choices } from './choices.ts';
import { Clashes } from './clashes.ts';
import { PairTable } from './ints.ts';
import { beginOf, commitOf, links, type Polygraph } from './polygraph.ts';
import { initialRank, TopologicalOrder } from './topological-order.ts';

/** An edge of a found cycle, with the version it leads to; `assumed` if it depends on a choice. */
export type CycleEdge = {
  readonly from: number;
  readonly to: number;
  readonly link: number;
  readonly key: number;
  readonly version: number;
  readonly assumed: boolean;
};

/** The answer: an order that explains the history, cycles that rule every order out, or a budget run out. */
export type SearchResult =
  | { readonly valid: true; readonly rank: Int32Array; readonly work: number }
  | { readonly valid: false; readonly cycles: readonly CycleEdge[][]; readonly work: number }
  | { readonly valid: 'unknown'; readonly work: number };

/** Label of edges that depend on no choice. */
const known = -1;

/** Chains of a key are sorted by the current order; only neighbours that clash become a choice. */
class OrderSearch {
  readonly #graph: Polygraph;
  readonly #order: TopologicalOrder;
  readonly #choices: Choices;
  readonly #knownEdges: number;
  readonly #pairs = new PairTable(64);
  /** The two chains of each choice: yes puts the first first. */
  readonly #first: number[] = [];
  readonly #second: number[] = [];
  readonly #meaning: (readonly [link: number, key: number, version: number])[] = [];
  readonly #clashes: Clashes;

  constructor(graph: Polygraph, rank: Int32Array) {
    this.#graph = graph;
    this.#clashes = new Clashes(graph, rank);
    this.#order = new TopologicalOrder(rank, (v, low, high) => this.#clashes.moved(v, low, high));
    for (let e = 0; e < graph.from.length; e++)
      this.#order.add(graph.from.at(e), graph.to.at(e), known);
    this.#knownEdges = this.#order.edges;
    this.#choices = new Choices({
      assert: (literal) => this.#assert(literal),
      mark: () => this.#order.edges,
      undo: (edges) => this.#order.undo(edges),
    });
  }

  /** Searches until an order explains everything, nothing can, or the budget is spent. */
  run(budget: number): SearchResult {
    for (let decisions = 0; ; decisions++) {
      const clash = this.#clashes.first();
      const work = decisions + this.#order.work + this.#choices.work + this.#clashes.work;
      if (clash === undefined) return { valid: true, rank: this.#order.rank, work };
      if (work > budget) return { valid: 'unknown', work };
      this.#choices.decide(this.#literal(...clash));
      const proof = this.#choices.settle();
      if (proof !== undefined) return { valid: false, cycles: this.#cyclesOf(proof), work };
    }
  }

  #head(chain: number): number {
    return this.#graph.chains.chains[chain]?.[0] as number;
  }

  #tail(chain: number): number {
    return this.#graph.chains.chains[chain]?.at(-1) as number;
  }

  /** The literal that says chain `a` comes before chain `b`. */
  #literal(a: number, b: number): number {
    const [low, high] = a < b ? [a, b] : [b, a];
    let choice = this.#pairs.find(low, high);
    if (choice < 0) {
      choice = this.#pairs.add(low, high);
      this.#choices.add();
      this.#first.push(low);
      this.#second.push(high);
    }
    return 2 * choice + (a < b ? 0 : 1);
  }

  /** Adds the edges of a choice; on a cycle answers the literals that it assumes. */
  #assert(literal: number): number[] | undefined {
    const { chains, snapshot, txns } = this.#graph;
    const [low, high] = [this.#first[literal >> 1] as number, this.#second[literal >> 1] as number];
    const [a, b] = (literal & 1) === 0 ? [low, high] : [high, low];
    const [tail, head] = [this.#tail(a), this.#head(b)];
    const writer = chains.writer[head] as number;
    const key = txns.raw.writeKey[head] as number;
    const shared = { key, version: head, assumed: true };
    const from = commitOf(snapshot, chains.writer[tail] as number);
    const ww = { ...shared, from, to: beginOf(snapshot, writer), link: links.ww };
    const refused = this.#add(ww, literal);
    if (refused !== undefined) return refused;
    for (let i = chains.start[tail] as number; i < (chains.start[tail + 1] as number); i++) {
      const reader = beginOf(snapshot, chains.readers[i] as number);
      const rw = { ...shared, from: reader, to: commitOf(snapshot, writer), link: links.rw };
      const found = this.#add(rw, literal);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #add(edge: CycleEdge, literal: number): number[] | undefined {
    const at = this.#order.edges;
    const path = this.#order.add(edge.from, edge.to, literal);
    if (path === undefined) {
      this.#meaning[at - this.#knownEdges] = [edge.link, edge.key, edge.version];
      return undefined;
    }
    this.#refusals.push([edge, ...path.map((e) => this.#edgeOf(e))]);
    return [...new Set([literal, ...path.map((e) => this.#order.label.at(e))])].filter(
      (l) => l >= 0,
    );
  }

  /** Cycles met so far, in the order in which the choices were refused. */
  readonly #refusals: CycleEdge[][] = [];

  #edgeOf(at: number): CycleEdge {
    const { link, key, version } = this.#graph;
    const own = this.#meaning[at - this.#knownEdges];
    const meaning = own ?? [link.at(at), key.at(at), version.at(at)];
    const assumed = at >= this.#knownEdges;
    const [from, to] = [this.#order.from.at(at), this.#order.to.at(at)];
    return { from, to, link: meaning[0], key: meaning[1], version: meaning[2], assumed };
  }

  #cyclesOf(proof: readonly number[]): CycleEdge[][] {
    return proof
      .map((number) => this.#refusals[number] as CycleEdge[])
      .toSorted((a, b) => a.length - b.length);
  }
}

/** Searches from the order that the hints suggest. Undefined if the known edges are cyclic by themselves. */
export const searchOrder = (graph: Polygraph, budget: number): SearchResult | undefined => {
  const rank = initialRank({ from: graph.from.view(), to: graph.to.view() }, graph.hints);
  return rank === undefined ? undefined : new OrderSearch(graph, rank).run(budget);
};
