// A register's history as the weaker conditions see it: who read and wrote which value, when. Values are unique.
import { never } from '../linear/calls.ts';
import type { Model } from '../linear/model.ts';
import type { Part } from '../linear/strand.ts';
import { type Accesses, accessesOf } from '../linear/zones.ts';

export const none = -1;
/** The number of the value that the register starts with. */
export const initial = 0;
/** Before anything. */
const always = -2;

/** Reads and writes by place, values by number; what nobody knows to have happened counts where somebody saw it. */
export type Observed = {
  readonly accesses: Accesses;
  readonly part: Part;
  /** By value: when its writing began and ended (positions), `never` when that is not known. */
  readonly writeStart: Int32Array;
  readonly writeEnd: Int32Array;
  /** By value: the value that compare-and-set replaced by it, -1 without. */
  readonly replaced: Int32Array;
  /** Processes that certainly did something, numbered by first appearance, by place. */
  readonly session: Int32Array;
  readonly sessions: number;
};

/** Undefined when values are not unique, or the model is no register. */
export const observe = <S>(model: Model<S>, part: Part): Observed | undefined => {
  const accesses = accessesOf(model, part);
  if (accesses === undefined) return undefined;
  const { writer, reads } = accesses;
  const writeStart = new Int32Array(writer.length).fill(never);
  const writeEnd = new Int32Array(writer.length).fill(never);
  const replaced = new Int32Array(writer.length).fill(none);
  writeStart[initial] = always;
  writeEnd[initial] = always;
  for (let value = 0; value < writer.length; value++) {
    const place = writer[value] as number;
    if (place === none) continue;
    writeStart[value] = part.start[place] as number;
    writeEnd[value] = part.end[place] as number;
    replaced[value] = reads[place] as number;
  }
  return { accesses, part, writeStart, writeEnd, replaced, ...sessionsOf(part) };
};

const sessionsOf = (part: Part) => {
  const ids = new Map<unknown, number>();
  const session = new Int32Array(part.count);
  for (let place = 0; place < part.count; place++) {
    const process = part.processAt(place);
    const known = ids.get(process) ?? ids.size;
    ids.set(process, known);
    session[place] = known;
  }
  return { session, sessions: ids.size };
};

/** Whether a value was read or written for certain at a place. */
export const isSure = ({ part }: Observed, place: number): boolean => part.optional[place] === 0;

/** Whether somebody wrote the value, or the register began with it. */
export const isWritten = ({ accesses }: Observed, value: number): boolean =>
  value === initial || accesses.writer[value] !== none;
