// Edges between numbered vertices: gathered in any order, then laid out by their source.
import { grown } from '../history/growable.ts';

/** Edges as they are found. A mask of 0 leads out of a hub. */
export class Edges {
  from: Int32Array;
  to: Int32Array;
  mask: Uint8Array;
  length = 0;

  constructor(room = 1024) {
    this.from = new Int32Array(room);
    this.to = new Int32Array(room);
    this.mask = new Uint8Array(room);
  }

  add(from: number, to: number, mask: number): void {
    const at = this.length++;
    if (at === this.from.length) this.#grow();
    this.from[at] = from;
    this.to[at] = to;
    this.mask[at] = mask;
  }

  #grow(): void {
    this.from = grown(this.from, 0);
    this.to = grown(this.to, 0);
    const mask = new Uint8Array(this.from.length);
    mask.set(this.mask);
    this.mask = mask;
  }
}

/** Edges by source: those of v stand from start[v] up to start[v + 1]. */
export type Layout = {
  readonly count: number;
  readonly start: Int32Array;
  readonly to: Int32Array;
  readonly mask: Uint8Array;
};

/** Lays edges out by source, keeping their order. */
export const layOut = (edges: Edges, count: number): Layout => {
  const start = new Int32Array(count + 1);
  const { from, length } = edges;
  for (let at = 0; at < length; at++) start[from[at]! + 1]!++;
  for (let v = 0; v < count; v++) start[v + 1]! += start[v]!;
  const to = new Int32Array(length);
  const mask = new Uint8Array(length);
  const next = start.slice(0, count);
  for (let at = 0; at < length; at++) {
    const place = next[from[at]!]!++;
    to[place] = edges.to[at]!;
    mask[place] = edges.mask[at]!;
  }
  return { count, start, to, mask };
};

/** The same edges with those of equal source and target made one, their masks joined. */
export const joinParallel = (layout: Layout): Layout => {
  const { count, start } = layout;
  const joined = new Int32Array(count + 1);
  const to = new Int32Array(layout.to.length);
  const mask = new Uint8Array(layout.to.length);
  const placeOf = new Int32Array(count).fill(-1);
  let end = 0;
  for (let v = 0; v < count; v++) {
    const begin = end;
    for (let at = start[v]!; at < start[v + 1]!; at++) {
      const target = layout.to[at]!;
      if (placeOf[target]! < begin) {
        placeOf[target] = end;
        to[end++] = target;
      }
      mask[placeOf[target]!]! |= layout.mask[at]!;
    }
    joined[v + 1] = end;
  }
  return { count, start: joined, to: to.slice(0, end), mask: mask.slice(0, end) };
};
