// A topological order that follows insertions of edges and notices the first cycle (Pearce and Kelly), with undo.
import { Heap } from './heap.ts';
import { Ints } from './ints.ts';

/** Hears of a vertex that changed place; all that moved with it stayed between the ranks `low` and `high`. */
export type Moved = (vertex: number, low: number, high: number) => void;

/** Edges `from → to` carry a label; the last ones can be taken back, which leaves the order as it is. */
export class TopologicalOrder {
  readonly rank: Int32Array;
  readonly from = new Ints(4096);
  readonly to = new Ints(4096);
  readonly label = new Ints(4096);
  /** Edges looked at so far: the measure of work. */
  work = 0;
  readonly #moved: Moved;
  readonly #out: Int32Array;
  readonly #in: Int32Array;
  readonly #nextOut = new Ints(4096);
  readonly #nextIn = new Ints(4096);
  readonly #mark: Int32Array;
  readonly #parent: Int32Array;
  #round = 0;

  /** `rank` is a topological order of the edges to come first; `moved` hears of every vertex that changes place. */
  constructor(rank: Int32Array, moved: Moved) {
    this.rank = rank;
    this.#moved = moved;
    this.#out = new Int32Array(rank.length).fill(-1);
    this.#in = new Int32Array(rank.length).fill(-1);
    this.#mark = new Int32Array(rank.length);
    this.#parent = new Int32Array(rank.length);
  }

  get edges(): number {
    return this.from.length;
  }

  /** Adds an edge. If it would close a cycle it is not added, and the edges of the path `to ⇝ from` are answered. */
  add(from: number, to: number, label: number): number[] | undefined {
    if (from === to) return [];
    if ((this.rank[from] as number) > (this.rank[to] as number)) {
      const cycle = this.#reorder(from, to);
      if (cycle !== undefined) return cycle;
    }
    this.#nextOut.push(this.#out[from] as number);
    this.#nextIn.push(this.#in[to] as number);
    this.#out[from] = this.from.length;
    this.#in[to] = this.from.length;
    this.from.push(from);
    this.to.push(to);
    this.label.push(label);
    return undefined;
  }

  /** Takes back the newest edges until `edges` are left. */
  undo(edges: number): void {
    while (this.from.length > edges) {
      this.#out[this.from.pop()] = this.#nextOut.pop();
      this.#in[this.to.pop()] = this.#nextIn.pop();
      this.label.pop();
    }
  }

  #reorder(from: number, to: number): number[] | undefined {
    const ahead = this.#forward(to, from);
    if (ahead === undefined) return this.#path(to, from);
    const behind = this.#backward(from, this.rank[to] as number);
    const byRank = (a: number, b: number): number =>
      (this.rank[a] as number) - (this.rank[b] as number);
    const order = [...behind.sort(byRank), ...ahead.sort(byRank)];
    const places = order.map((v) => this.rank[v] as number).sort((a, b) => a - b);
    for (let i = 0; i < order.length; i++) this.rank[order[i] as number] = places[i] as number;
    const [low, high] = [places[0] as number, places[places.length - 1] as number];
    for (const v of order) this.#moved(v, low, high);
    return undefined;
  }

  /** Vertices reachable from `root` no later than `target`; undefined if `target` is one. */
  #forward(root: number, target: number): number[] | undefined {
    const bound = this.rank[target] as number;
    const found = [root];
    this.#mark[root] = ++this.#round;
    for (let head = 0; head < found.length; head++)
      for (let e = this.#out[found[head] as number] as number; e >= 0; e = this.#nextOut.at(e)) {
        this.work++;
        const v = this.to.at(e);
        if (this.#mark[v] === this.#round || (this.rank[v] as number) > bound) continue;
        this.#mark[v] = this.#round;
        this.#parent[v] = e;
        if (v === target) return undefined;
        found.push(v);
      }
    return found;
  }

  #backward(root: number, bound: number): number[] {
    const found = [root];
    this.#mark[root] = ++this.#round;
    for (let head = 0; head < found.length; head++)
      for (let e = this.#in[found[head] as number] as number; e >= 0; e = this.#nextIn.at(e)) {
        this.work++;
        const v = this.from.at(e);
        if (this.#mark[v] === this.#round || (this.rank[v] as number) < bound) continue;
        this.#mark[v] = this.#round;
        found.push(v);
      }
    return found;
  }

  #path(root: number, target: number): number[] {
    const path: number[] = [];
    for (let v = target; v !== root; v = this.from.at(path[path.length - 1] as number))
      path.push(this.#parent[v] as number);
    return path.reverse();
  }
}

/** Ranks of the vertices in a topological order that prefers small hints, or undefined if the edges are cyclic. */
export const initialRank = (
  edges: { readonly from: Int32Array; readonly to: Int32Array },
  hints: Float64Array,
): Int32Array | undefined => {
  const count = hints.length;
  const start = new Int32Array(count + 2);
  const waiting = new Int32Array(count);
  for (const v of edges.from) start[v + 2]!++;
  for (const v of edges.to) waiting[v]!++;
  for (let v = 0; v < count; v++) start[v + 2]! += start[v + 1] as number;
  const targets = new Int32Array(edges.to.length);
  for (let e = 0; e < edges.to.length; e++)
    targets[start[(edges.from[e] as number) + 1]!++] = edges.to[e] as number;
  const ready = new Heap(hints);
  for (let v = 0; v < count; v++) if (waiting[v] === 0) ready.push(v);
  const rank = new Int32Array(count);
  let placed = 0;
  for (let v = ready.pop(); v >= 0; v = ready.pop()) {
    rank[v] = placed++;
    for (let i = start[v] as number; i < (start[v + 1] as number); i++) {
      const w = targets[i] as number;
      if (--waiting[w]! === 0) ready.push(w);
    }
  }
  return placed === count ? rank : undefined;
};
