// Calls of a set as numbers: who adds, removes and asks for each element, and what reads of the whole set saw.
import type { Strand } from './strand.ts';
import { ValueIds } from './value-ids.ts';

export const none = -1;

/** Calls of one set as numbers. */
export type SetCalls = {
  readonly strand: Strand;
  /** By element: the call that adds it, and the one that removes it; -1 for none. */
  readonly add: Int32Array;
  readonly remove: Int32Array;
  /** `contains` that were answered: places, and by place the element and the answer. */
  readonly tests: readonly number[];
  readonly element: Int32Array;
  readonly answer: Uint8Array;
  /** Reads of the whole set, each with its elements. */
  readonly reads: readonly SetRead[];
};

export type SetRead = { readonly place: number; readonly elements: Int32Array };

/** Undefined when elements are added or removed twice, or reads of the whole set come with other questions. */
export const setCallsOf = (strand: Strand): SetCalls | undefined => {
  const ids = new ValueIds(strand.count, undefined);
  const size = strand.count + 1;
  const element = new Int32Array(strand.count).fill(none);
  const answer = new Uint8Array(strand.count);
  let add: Int32Array = new Int32Array(size).fill(none);
  let remove: Int32Array = new Int32Array(size).fill(none);
  const tests: number[] = [];
  const reads: SetRead[] = [];
  let removes = 0;
  const grown = (id: number): void => {
    if (id < add.length) return;
    add = withRoom(add, id);
    remove = withRoom(remove, id);
  };
  const idOf = (value: unknown): number => {
    const id = ids.of(value);
    grown(id);
    return id;
  };
  for (let place = 0; place < strand.count; place++) {
    const { f, type, value } = strand.opAt(place);
    if (f === 'add' || f === 'remove') {
      const id = idOf(value);
      const calls = f === 'add' ? add : remove;
      if (calls[id] !== none) return undefined;
      calls[id] = place;
      element[place] = id;
      if (f === 'remove') removes++;
    } else if (type === 'ok' && f === 'contains') {
      const [what, isIn] = value as readonly [unknown, boolean];
      element[place] = idOf(what);
      answer[place] = Number(isIn);
      tests.push(place);
    } else if (type === 'ok') {
      const elements = Int32Array.from(value as readonly unknown[], idOf);
      // Nothing is in a set twice.
      if (new Set(elements).size < elements.length) return undefined;
      reads.push({ place, elements });
    }
  }
  if (reads.length > 0 && removes + tests.length > 0) return undefined;
  const used = (calls: Int32Array): Int32Array => calls.slice(0, ids.size);
  return { strand, add: used(add), remove: used(remove), tests, element, answer, reads };
};

const withRoom = (calls: Int32Array, id: number): Int32Array => {
  const grown = new Int32Array(2 * id).fill(none);
  grown.set(calls);
  return grown;
};

/** What is certain at a moment. */
export const isSure = ({ optional, end }: Strand, place: number, horizon: number): boolean =>
  place !== none && optional[place] === 0 && (end[place] as number) <= horizon;
