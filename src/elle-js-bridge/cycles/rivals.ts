// Which other kinds a cycle passes for when each step is told by its foremost relation, as Elle does.
import { anyRw, bits } from '../graph/relations.ts';
import type { Part } from './part.ts';
import { type Found, firstCycles } from './search.ts';
import { cycleSpecs, type Spec } from './specs.ts';

/** Components of more transactions are not looked into: there a cycle of the kind itself is as likely as any. */
const rivalsMax = 500;
const rivalWork = 500_000;

/** Every relation from one transaction to another, directly or through a hub. */
const relationsBetween = ({ plain, txns }: Part, a: number, b: number): number => {
  let all = 0;
  for (let at = plain.start[a]!; at < plain.start[a + 1]!; at++) {
    const w = plain.to[at]!;
    if (w === b) all |= plain.mask[at]!;
    else if (w >= txns && plain.to.subarray(plain.start[w], plain.start[w + 1]).includes(b))
      all |= plain.mask[at]!;
  }
  return all;
};

/** The name of a cycle whose steps carry these single relations. */
const nameOf = (relations: readonly number[]): string => {
  const isRw = relations.map((bit) => (bit & anyRw) !== 0);
  const count = isRw.filter(Boolean).length;
  const meets = isRw.some((rw, i) => rw && isRw[(i + 1) % isRw.length]);
  const item = relations.some((bit) => (bit & bits.rwp) !== 0) ? '' : '-item';
  const all = relations.reduce((mask, bit) => mask | bit, 0);
  const base =
    count === 0
      ? (all & (bits.wr | bits.wrp)) !== 0
        ? 'G1c'
        : 'G0'
      : `${count === 1 ? 'G-single' : meets ? 'G2' : 'G-nonadjacent'}${item}`;
  const suffix =
    (all & bits.realtime) !== 0 ? '-realtime' : (all & bits.process) !== 0 ? '-process' : '';
  return base + suffix;
};

/** Elle knows real time only between neighbours: the transactions that lie between two others. */
const between = ({ moments, txns }: Part, a: number, b: number): number[] => {
  const chain: number[] = [];
  const { invokedAt, completedAt } = moments!;
  for (let from = a; ; ) {
    let next = -1;
    for (let y = 0; y < txns; y++) {
      const isBetween = invokedAt[y]! > completedAt[from]! && completedAt[y]! < invokedAt[b]!;
      if (!isBetween || completedAt[y]! < 0) continue;
      if (next < 0 || completedAt[y]! < completedAt[next]!) next = y;
    }
    if (next < 0) return chain;
    chain.push(next);
    from = next;
  }
};

/** The pairs of a cycle with the relation used, real time step by step. */
const stepsOf = (part: Part, found: Found): (readonly [number, number, number])[] =>
  found.relations.flatMap((bit, i) => {
    const a = found.txns[i]!;
    const b = found.txns[(i + 1) % found.txns.length]!;
    if (bit !== bits.realtime) return [[a, b, bit] as const];
    const stops = [a, ...between(part, a, b), b];
    return stops.slice(1).map((stop, k) => [stops[k]!, stop, bit] as const);
  });

const passesFor = (part: Part, found: Found, priority: readonly number[]): string => {
  const order = [...priority, bits.wwp, bits.wrp, bits.rwp, bits.process, bits.realtime];
  return nameOf(
    stepsOf(part, found).map(([a, b, bit]) => {
      const all = relationsBetween(part, a, b) | bit;
      return order.find((candidate) => (all & candidate) !== 0) ?? bit;
    }),
  );
};

/** Other kinds that cycles found under this kind would be told as. */
export const rivalsOf = (
  part: Part,
  spec: Spec,
  {
    homes,
    priority,
  }: { readonly homes: readonly Int32Array[]; readonly priority: readonly number[] },
): Set<string> => {
  const rivals = new Set<string>();
  const byMask = { ...spec, byLabel: false };
  for (const home of homes) {
    if (home.length > rivalsMax) continue;
    const options = { part, spec: byMask, priority, work: rivalWork, polish: 0 };
    for (const found of firstCycles(options, home)) rivals.add(passesFor(part, found, priority));
  }
  rivals.delete(spec.anomaly);
  return new Set(cycleSpecs.map((row) => row.anomaly).filter((name) => rivals.has(name)));
};
