// The engine for registers whose written values are all different: zones.
import type { Strand } from './strand.ts';
import type { Engine } from './unique.ts';
import { orderOf, withBlanks } from './unique-order.ts';
import { type Accesses, accessesOf, type Conflict, Zones } from './zones.ts';

/** Near-linear, also with compare-and-set and with lost operations. */
export const zonesEngine: Engine = {
  name: 'zones',
  prepare: (model, strand) => {
    const accesses = accessesOf(model, strand);
    if (accesses === undefined) return undefined;
    let last: Zones | undefined;
    return {
      conflict: (horizon) => {
        last = new Zones(accesses, horizon);
        const conflict = last.conflict();
        return conflict && callsOn(accesses, conflict);
      },
      order: () => orderWith(strand, accesses, last as Zones),
    };
  },
};

const orderWith = (strand: Strand, accesses: Accesses, zones: Zones): readonly number[] =>
  withBlanks(strand, orderOf(accesses, zones));

/** The calls on the values of a conflict, and on those that compare-and-sets made them of. */
const callsOn = (accesses: Accesses, conflict: Conflict): number[] => {
  const involved = new Uint8Array(accesses.writer.length);
  const { reads, writes, writer, strand } = accesses;
  for (const from of conflict.values)
    for (let value = from; value !== -1 && involved[value] !== 1; ) {
      involved[value] = 1;
      const call = writer[value] as number;
      value = call === -1 ? -1 : (reads[call] as number);
    }
  const places: number[] = [];
  for (let at = 0; at < strand.count; at++)
    if (involved[reads[at] as number] === 1 || involved[writes[at] as number] === 1)
      places.push(at);
  return places;
};
