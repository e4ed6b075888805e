// Commit-order edges with their reasons, as growable columns.
import { Ints } from './ints.ts';

/** Why one transaction comes before another. The order is that of `reasonNames`. */
export const reasons = {
  session: 0,
  wr: 1,
  ww: 2,
  nonMonotonic: 3,
  fracturedSession: 4,
  fracturedRead: 5,
  causal: 6,
} as const;

/** A reason by its number. */
export type Reason = (typeof reasons)[keyof typeof reasons];

/** Edges `from → to`: `reader` read `key` from `to` while it had to see `from`, which writes `key` too. */
export class CommitEdges {
  readonly from = new Ints(4096);
  readonly to = new Ints(4096);
  readonly reason = new Ints(4096);
  /** The transaction whose read forces the edge; for `ww` the later write. */
  readonly reader = new Ints(4096);
  readonly key = new Ints(4096);
  /** The read of the reader by which it saw `from`: a position in `readKey`; -1 if none. */
  readonly via = new Ints(4096);

  get length(): number {
    return this.from.length;
  }

  add(
    from: number,
    to: number,
    reason: Reason,
    because: readonly [reader: number, key: number, via: number],
  ): void {
    this.from.push(from);
    this.to.push(to);
    this.reason.push(reason);
    this.reader.push(because[0]);
    this.key.push(because[1]);
    this.via.push(because[2]);
  }
}
