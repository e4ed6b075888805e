// Strongly connected components by Tarjan's algorithm, without recursion.
import type { Layout } from './edges.ts';

/** Edges whose mask meets `allow`, and those out of hubs, count; 255 allows everything. */
export const components = (layout: Layout, allow: number): Int32Array[] => {
  const walk = new Walk(layout, allow);
  for (let v = 0; v < layout.count; v++) if (walk.order[v] === 0) walk.from(v);
  return walk.found;
};

class Walk {
  readonly #layout: Layout;
  readonly #allow: number;
  /** When a vertex was met, from 1; 0 not yet. */
  readonly order: Int32Array;
  readonly #low: Int32Array;
  readonly #next: Int32Array;
  readonly #stack: Int32Array;
  readonly #path: Int32Array;
  #stackEnd = 0;
  #clock = 0;
  readonly found: Int32Array[] = [];

  constructor(layout: Layout, allow: number) {
    this.#layout = layout;
    this.#allow = allow;
    this.order = new Int32Array(layout.count);
    this.#low = new Int32Array(layout.count);
    this.#next = new Int32Array(layout.count);
    this.#stack = new Int32Array(layout.count);
    this.#path = new Int32Array(layout.count);
  }

  #enter(v: number): void {
    this.order[v] = this.#low[v] = ++this.#clock;
    this.#next[v] = this.#layout.start[v]!;
    this.#stack[this.#stackEnd++] = v;
  }

  /** Visits everything reachable from a vertex. Components of one vertex are dropped. */
  from(root: number): void {
    const { start, to, mask } = this.#layout;
    const [order, low, next, path] = [this.order, this.#low, this.#next, this.#path];
    const allow = this.#allow;
    let depth = 0;
    path[0] = root;
    this.#enter(root);
    while (depth >= 0) {
      const v = path[depth]!;
      const at = next[v]!;
      if (at < start[v + 1]!) {
        next[v] = at + 1;
        if (mask[at] !== 0 && (mask[at]! & allow) === 0) continue;
        const w = to[at]!;
        const met = order[w]!;
        if (met === 0) {
          path[++depth] = w;
          this.#enter(w);
        } else if (met > 0 && met < low[v]!) low[v] = met;
        continue;
      }
      if (low[v] === order[v]) this.#close(v);
      depth--;
      if (depth >= 0 && low[v]! < low[path[depth]!]!) low[path[depth]!] = low[v]!;
    }
  }

  /** Takes a finished component off the stack; its vertices count as done. */
  #close(v: number): void {
    const stack = this.#stack;
    let begin = this.#stackEnd - 1;
    while (stack[begin] !== v) begin--;
    for (let at = begin; at < this.#stackEnd; at++) {
      this.order[stack[at]!] = -1;
      this.#low[stack[at]!] = 0x7fffffff;
    }
    if (this.#stackEnd - begin > 1) this.found.push(stack.slice(begin, this.#stackEnd).sort());
    this.#stackEnd = begin;
  }
}
