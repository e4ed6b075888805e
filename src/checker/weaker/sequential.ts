// Sequential consistency of one register with unique values: an order of all operations that every client could agree to.
import { initial, isWritten, none, type Observed } from './observed.ts';

/**
 * What reads one value stands together behind its write, and compare-and-sets chain values to blocks. Clients order
 * blocks; the history is sequentially consistent exactly if no client goes back in a block, and blocks are in no circle.
 */
export const isSequential = (observed: Observed): boolean => {
  const counted = countedIn(observed);
  const blocks = counted && blocksOf(observed, counted);
  return blocks !== undefined && !hasCircle(observed, blocks);
};

/** What certainly happened, and writes that were seen; undefined when a value was read that nobody wrote. */
const countedIn = (observed: Observed): Uint8Array | undefined => {
  const { part, accesses } = observed;
  const counted = new Uint8Array(part.count);
  const due: number[] = [];
  for (let place = 0; place < part.count; place++) if (part.optional[place] === 0) due.push(place);
  for (let place = due.pop(); place !== undefined; place = due.pop()) {
    if (counted[place] === 1) continue;
    counted[place] = 1;
    const value = accesses.reads[place] as number;
    if (value === none || value === initial) continue;
    if (!isWritten(observed, value)) return undefined;
    due.push(accesses.writer[value] as number);
  }
  return counted;
};

type Blocks = {
  readonly counted: Uint8Array;
  /** By value: the one that begins its block, and how many come before it there. */
  readonly root: Int32Array;
  readonly depth: Int32Array;
};

/** Undefined when a value is replaced twice, or values replace each other in a circle. */
const blocksOf = ({ accesses }: Observed, counted: Uint8Array): Blocks | undefined => {
  const { writer, reads } = accesses;
  const next = new Int32Array(writer.length).fill(none);
  const isRoot = new Uint8Array(writer.length);
  let values = 0;
  for (let value = 0; value < writer.length; value++) {
    const place = writer[value] as number;
    if (value !== initial && (place === none || counted[place] === 0)) continue;
    values++;
    const before = place === none ? none : (reads[place] as number);
    if (before === none) isRoot[value] = 1;
    else if (next[before] !== none) return undefined;
    else next[before] = value;
  }
  const root = new Int32Array(writer.length).fill(none);
  const depth = new Int32Array(writer.length);
  let reached = 0;
  for (let begin = 0; begin < writer.length; begin++) {
    if (isRoot[begin] === 0) continue;
    for (let [value, at] = [begin, 0]; value !== none; value = next[value] as number) {
      root[value] = begin;
      depth[value] = at++;
      reached++;
    }
  }
  return reached === values ? { counted, root, depth } : undefined;
};

/** Edges from what a client did in one block to what it did next in another; all begin after the first value's block. */
const hasCircle = (observed: Observed, { counted, root, depth }: Blocks): boolean => {
  const { accesses, part, session, sessions } = observed;
  const lastBlock = new Int32Array(sessions).fill(none);
  const lastStage = new Int32Array(sessions);
  const edges: number[] = [];
  for (let place = 0; place < part.count; place++) {
    const written = accesses.writes[place] as number;
    const value = written === none ? (accesses.reads[place] as number) : written;
    if (counted[place] === 0 || value === none) continue;
    const client = session[place] as number;
    const block = root[value] as number;
    const stage = 2 * (depth[value] as number) + (written === none ? 1 : 0);
    const before = lastBlock[client] as number;
    if (before === block && stage < (lastStage[client] as number)) return true;
    if (before !== block) {
      if (before !== none && block === initial) return true;
      if (before !== none) edges.push(before, block);
    }
    lastBlock[client] = block;
    lastStage[client] = stage;
  }
  return !isSortable(edges, root.length);
};

/** Kahn 1962: takes away what nothing leads to, until nothing is left or only circles are. */
const isSortable = (edges: readonly number[], nodes: number): boolean => {
  const first = new Int32Array(nodes + 1);
  const leading = new Int32Array(nodes);
  for (let at = 0; at < edges.length; at += 2) {
    first[(edges[at] as number) + 1]!++;
    leading[edges[at + 1] as number]!++;
  }
  for (let node = 0; node < nodes; node++) first[node + 1]! += first[node] as number;
  const targets = new Int32Array(edges.length / 2);
  const fill = first.slice();
  for (let at = 0; at < edges.length; at += 2) {
    const from = edges[at] as number;
    targets[fill[from] as number] = edges[at + 1] as number;
    fill[from]!++;
  }
  const due: number[] = [];
  for (let node = 0; node < nodes; node++) if (leading[node] === 0) due.push(node);
  let taken = 0;
  for (let node = due.pop(); node !== undefined; node = due.pop()) {
    taken++;
    for (let at = first[node] as number; at < (first[node + 1] as number); at++) {
      const target = targets[at] as number;
      leading[target]!--;
      if (leading[target] === 0) due.push(target);
    }
  }
  return taken === nodes;
};
