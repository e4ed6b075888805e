// Directed graphs as columns: strongly connected components and short cycles.

/** Edges `from[i] → to[i]` over vertices 0 … count - 1. */
export type Edges = {
  readonly count: number;
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
};

type Rows = { start: Int32Array; edge: Int32Array };

const rowsOf = ({ count, from }: Edges): Rows => {
  const start = new Int32Array(count + 2);
  for (let e = 0; e < from.length; e++) start[(from[e] as number) + 2]!++;
  for (let v = 0; v < count; v++) start[v + 2]! += start[v + 1] as number;
  const edge = new Int32Array(from.length);
  for (let e = 0; e < from.length; e++) edge[start[(from[e] as number) + 1]!++] = e;
  return { start, edge };
};

/** Tarjan's algorithm without recursion. */
class Components {
  readonly found: number[][] = [];
  readonly #edges: Edges;
  readonly #rows: Rows;
  readonly #index: Int32Array;
  readonly #low: Int32Array;
  readonly #next: Int32Array;
  readonly #stack: number[] = [];
  readonly #path: number[] = [];
  #counter = 0;

  constructor(edges: Edges, rows: Rows) {
    this.#edges = edges;
    this.#rows = rows;
    this.#index = new Int32Array(edges.count); // 0 = unvisited, -1 = finished
    this.#low = new Int32Array(edges.count);
    this.#next = new Int32Array(edges.count);
    for (let v = 0; v < edges.count; v++) if (this.#index[v] === 0) this.#explore(v);
  }

  #enter(v: number): void {
    this.#index[v] = ++this.#counter;
    this.#low[v] = this.#counter;
    this.#next[v] = this.#rows.start[v] as number;
    this.#stack.push(v);
    this.#path.push(v);
  }

  #explore(root: number): void {
    this.#enter(root);
    while (this.#path.length > 0) {
      const v = this.#path[this.#path.length - 1] as number;
      if ((this.#next[v] as number) < (this.#rows.start[v + 1] as number)) {
        const w = this.#edges.to[this.#rows.edge[this.#next[v]!++] as number] as number;
        if (this.#index[w] === 0) this.#enter(w);
        else if ((this.#index[w] as number) > 0) this.#lower(v, this.#index[w] as number);
        continue;
      }
      this.#path.pop();
      const parent = this.#path[this.#path.length - 1];
      if (parent !== undefined) this.#lower(parent, this.#low[v] as number);
      if (this.#low[v] === this.#index[v]) this.#finish(v);
    }
  }

  #lower(v: number, to: number): void {
    if (to < (this.#low[v] as number)) this.#low[v] = to;
  }

  #finish(v: number): void {
    const component: number[] = [];
    for (let w = -1; w !== v; ) {
      w = this.#stack.pop() as number;
      this.#index[w] = -1;
      component.push(w);
    }
    if (component.length > 1) this.found.push(component);
  }
}

/** Strongly connected components of at least two vertices. */
export const components = (edges: Edges): number[][] => new Components(edges, rowsOf(edges)).found;

/** Edge visits that one search for short cycles may spend. */
const searchBudget = 4_000_000;

class ShortCycle {
  readonly #edges: Edges;
  readonly #rows: Rows;
  readonly #parent: Int32Array;
  readonly #seen: Int32Array;
  readonly #depth: Int32Array;
  #round = 0;
  #left = searchBudget;

  constructor(edges: Edges, rows: Rows) {
    this.#edges = edges;
    this.#rows = rows;
    this.#parent = new Int32Array(edges.count);
    this.#seen = new Int32Array(edges.count);
    this.#depth = new Int32Array(edges.count);
  }

  /**
   * The shortest cycle through one of the vertices, as edges in order; those tried last only while the budget
   * lasts.
   */
  through(vertices: readonly number[]): number[] {
    let best: number[] = [];
    for (const vertex of vertices) {
      if (best.length === 2 || (best.length > 0 && this.#left < 0)) break;
      const cycle = this.#from(vertex, best.length === 0 ? Number.POSITIVE_INFINITY : best.length);
      if (cycle !== undefined) best = cycle;
    }
    return best;
  }

  #from(root: number, below: number): number[] | undefined {
    this.#round++;
    const queue = [root];
    this.#depth[root] = 0;
    for (let head = 0; head < queue.length; head++) {
      const v = queue[head] as number;
      const depth = (this.#depth[v] as number) + 1;
      if (depth >= below) return undefined;
      for (let i = this.#rows.start[v] as number; i < (this.#rows.start[v + 1] as number); i++) {
        this.#left--;
        const edge = this.#rows.edge[i] as number;
        const w = this.#edges.to[edge] as number;
        if (w === root) return this.#unwind(root, edge);
        if (this.#seen[w] === this.#round) continue;
        this.#seen[w] = this.#round;
        this.#parent[w] = edge;
        this.#depth[w] = depth;
        queue.push(w);
      }
    }
    return undefined;
  }

  #unwind(root: number, last: number): number[] {
    const cycle = [last];
    for (let v = this.#edges.from[last] as number; v !== root; ) {
      const edge = this.#parent[v] as number;
      cycle.push(edge);
      v = this.#edges.from[edge] as number;
    }
    return cycle.reverse();
  }
}

/** One cycle, as short as the budget allows, for each strongly connected component: edge numbers in order. */
export const shortCycles = (edges: Edges, limit = 16): number[][] => {
  const rows = rowsOf(edges);
  const search = new ShortCycle(edges, rows);
  return new Components(edges, rows).found
    .toSorted((a, b) => a.length - b.length)
    .slice(0, limit)
    .map((component) => search.through(component.toSorted((a, b) => a - b)));
};

/** A shortest path from one vertex to another, as edges in order, or undefined. */
export const shortPath = (
  edges: Edges,
  ends: { from: number; to: number },
): number[] | undefined => {
  const rows = rowsOf(edges);
  const parent = new Int32Array(edges.count).fill(-1);
  const queue = [ends.from];
  const seen = new Uint8Array(edges.count);
  seen[ends.from] = 1;
  for (let head = 0; head < queue.length; head++) {
    const v = queue[head] as number;
    if (v === ends.to && head > 0) break;
    for (let i = rows.start[v] as number; i < (rows.start[v + 1] as number); i++) {
      const w = edges.to[rows.edge[i] as number] as number;
      if (seen[w] === 1) continue;
      seen[w] = 1;
      parent[w] = rows.edge[i] as number;
      queue.push(w);
    }
  }
  if (seen[ends.to] === 0) return undefined;
  const path: number[] = [];
  for (let v = ends.to; v !== ends.from; v = edges.from[path[path.length - 1] as number] as number)
    path.push(parent[v] as number);
  return path.reverse();
};
