// A certificate from zones: one order of the operations that explains a register with unique values.
import type { Strand } from './strand.ts';
import type { ZoneList } from './zone-list.ts';
import type { Accesses, Zones } from './zones.ts';

/** The calls that took effect, by their place, in an order that the register allows; `zones` has found no conflict. */
export const orderOf = (accesses: Accesses, zones: Zones): number[] => {
  const readers = readersOf(accesses, zones);
  return place(zones.zones()).flatMap((begin) =>
    zones.valuesFrom(begin).flatMap((value) => {
      const writer = accesses.writer[value] as number;
      return [...(writer < 0 ? [] : [writer]), ...(readers.get(value) ?? [])];
    }),
  );
};

/** By value: the calls that only read it, in order of start. */
const readersOf = ({ strand, reads, writes }: Accesses, zones: Zones): Map<number, number[]> => {
  const readers = new Map<number, number[]>();
  for (let call = 0; call < strand.count; call++) {
    const value = reads[call] as number;
    if (writes[call] !== -1 || value === -1 || !zones.counted(call)) continue;
    const mine = readers.get(value);
    if (mine === undefined) readers.set(value, [call]);
    else mine.push(call);
  }
  return readers;
};

/**
 * Values that begin blocks, ordered by where their zones begin. A backward zone that begins in a forward one ends after
 * it, so behind it is a good place.
 */
const place = ({ values, first, last }: ZoneList): number[] => {
  const beginning = (value: number): number =>
    Math.min(first[value] as number, last[value] as number);
  return [...values].sort((a, b) => beginning(a) - beginning(b));
};

/** Calls that neither read nor write anything fit in anywhere their time allows. */
export const withBlanks = (strand: Strand, order: readonly number[]): number[] => {
  const { start, end, optional } = strand;
  const placed = new Uint8Array(strand.count);
  for (const call of order) placed[call] = 1;
  const blanks: number[] = [];
  for (let call = 0; call < strand.count; call++)
    if (placed[call] === 0 && optional[call] === 0) blanks.push(call);
  if (blanks.length === 0) return [...order];
  blanks.sort((a, b) => (end[a] as number) - (end[b] as number));
  const result: number[] = [];
  let next = 0;
  let latest = -1;
  for (const call of order) {
    const begins = Math.max(latest, start[call] as number);
    // A blank that returned before this one was invoked has to come first.
    while (next < blanks.length && (end[blanks[next] as number] as number) < begins)
      result.push(blanks[next++] as number);
    result.push(call);
    latest = begins;
  }
  return [...result, ...blanks.slice(next)];
};
