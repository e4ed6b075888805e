// Relations between transactions as bits, so that an edge can carry several.
import type { Relation } from '../result.ts';

export const bits = {
  ww: 1,
  wr: 2,
  rw: 4,
  wwp: 8,
  wrp: 16,
  rwp: 32,
  process: 64,
  realtime: 128,
} as const satisfies Record<Relation, number>;

export const anyRw: number = bits.rw | bits.rwp;

/** The bits of several relations together. */
export const maskOf = (relations: readonly Relation[]): number =>
  relations.reduce((mask, relation) => mask | bits[relation], 0);

const names = Object.keys(bits) as Relation[];

/** The name of a single bit. */
export const relationOf = (bit: number): Relation => names[31 - Math.clz32(bit)]!;
