// The graph of a history: what must come before what, with real time as a chain of moments.
import { Edges } from './edges.ts';
import { bits } from './relations.ts';

/**
 * Vertices below `txns` are transactions; then come hubs, which stand for "everyone who …":
 * edges into a hub are rw, edges out of it have mask 0, and no edge leads from hub to hub.
 */
export class Dependencies {
  readonly txns: number;
  /** Transactions and hubs. */
  vertices: number;
  readonly edges: Edges;
  /** Edges were dropped because they led from a transaction to itself: the graph is not empty all the same. */
  touched = false;
  /** Positions at which transactions were invoked (−1: unknown) and completed (−1: not a source of real time). */
  realtime: Moments | undefined;

  constructor(txns: number, room: number) {
    this.txns = txns;
    this.vertices = txns;
    this.edges = new Edges(room);
  }

  addHub(): number {
    return this.vertices++;
  }

  get isEmpty(): boolean {
    return !this.touched && this.edges.length === 0 && !hasRealtime(this.realtime);
  }
}

/** When transactions began and ended, as positions in the history. */
export type Moments = {
  readonly invokedAt: Int32Array;
  /** −1 for transactions that are not known to have ended. */
  readonly completedAt: Int32Array;
  /** One more than the last position. */
  readonly positions: number;
};

const hasRealtime = (moments: Moments | undefined): boolean => {
  if (!moments) return false;
  let firstDone = moments.positions;
  let lastBegun = -1;
  for (let v = 0; v < moments.completedAt.length; v++) {
    const done = moments.completedAt[v]!;
    if (done >= 0 && done < firstDone) firstDone = done;
    if (moments.invokedAt[v]! > lastBegun) lastBegun = moments.invokedAt[v]!;
  }
  return firstDone < lastBegun;
};

/**
 * Adds one vertex for each moment at which something ended since the last thing began, and leads real time through them.
 * Two transactions are then connected exactly when one ended before the other began. Returns the number of vertices.
 */
export const addMoments = (edges: Edges, moments: Moments, vertices: number): number => {
  const { invokedAt, completedAt, positions } = moments;
  const began = new Int32Array(positions).fill(-1);
  const ended = new Int32Array(positions).fill(-1);
  for (let v = 0; v < invokedAt.length; v++) {
    if (invokedAt[v]! >= 0) began[invokedAt[v]!] = v;
    if (completedAt[v]! >= 0) ended[completedAt[v]!] = v;
  }
  let moment = -1;
  let count = vertices;
  let isFresh = false;
  for (let at = 0; at < positions; at++) {
    if (ended[at]! >= 0) {
      if (!isFresh) {
        if (moment >= 0) edges.add(moment, count, bits.realtime);
        moment = count++;
        isFresh = true;
      }
      edges.add(ended[at]!, moment, bits.realtime);
    } else if (began[at]! >= 0 && moment >= 0) {
      edges.add(moment, began[at]!, bits.realtime);
      isFresh = false;
    }
  }
  return count;
};
