// Sets without reads of the whole: each element is judged on its own, by when it can have come and gone.
import { never } from './calls.ts';
import { isSure, none, type SetCalls } from './set-calls.ts';
import type { Strand } from './strand.ts';

const always = -2;

/** By element: moments that decide it, when it is added and removed at most once each. */
type Bounds = {
  /** Whether somebody certainly found it. */
  readonly found: Uint8Array;
  /** It was there by then, and not gone before then. */
  readonly addedBy: Int32Array;
  readonly goneFrom: Int32Array;
};

/** All calls on an element whose answers no order explains. */
export const findUnseen = (calls: SetCalls, horizon: number): number[] | undefined => {
  const bounds = boundsOf(calls, horizon);
  const { strand, tests, element, answer, add } = calls;
  /** Ways in which it may have gone, by element: 1 never gone (again), 2 added and then removed. */
  const ways = new Uint8Array(add.length);
  for (let id = 0; id < add.length; id++) {
    ways[id] = waysOf(calls, bounds, { id, horizon });
    if (ways[id] === 0) return callsOn(calls, id);
  }
  for (const place of tests) {
    if (answer[place] === 1 || !isSure(strand, place, horizon)) continue;
    const id = element[place] as number;
    const [start, end] = [strand.start[place] as number, strand.end[place] as number];
    if (start < (bounds.addedBy[id] as number)) continue;
    const goneFrom = bounds.goneFrom[id] as number;
    const isGone = goneFrom < (bounds.addedBy[id] as number) || end > goneFrom;
    ways[id] = (ways[id] as number) & (isGone ? 2 : 0);
    if (ways[id] === 0) return callsOn(calls, id);
  }
  return undefined;
};

const boundsOf = (calls: SetCalls, horizon: number): Bounds => {
  const { strand, tests, element, answer, add, remove } = calls;
  const found = new Uint8Array(add.length);
  const addedBy = new Int32Array(add.length).fill(never);
  const goneFrom = new Int32Array(add.length).fill(always);
  for (let id = 0; id < add.length; id++) {
    const [put, out] = [add[id] as number, remove[id] as number];
    if (isSure(strand, put, horizon)) addedBy[id] = strand.end[put] as number;
    if (out !== none) goneFrom[id] = strand.start[out] as number;
  }
  for (const place of tests) {
    if (answer[place] === 0 || !isSure(strand, place, horizon)) continue;
    const id = element[place] as number;
    found[id] = 1;
    addedBy[id] = Math.min(addedBy[id] as number, strand.end[place] as number);
    goneFrom[id] = Math.max(goneFrom[id] as number, strand.start[place] as number);
  }
  // What was found was added, also by a call that need not have happened; and before that call returned.
  for (let id = 0; id < add.length; id++) {
    if (found[id] === 0 || add[id] === none) continue;
    addedBy[id] = Math.min(addedBy[id] as number, returnOf(strand, add[id] as number, horizon));
  }
  return { found, addedBy, goneFrom };
};

/** By when a call has taken effect if it has at all. */
const returnOf = ({ end }: Strand, place: number, horizon: number): number =>
  (end[place] as number) <= horizon ? (end[place] as number) : never;

/** In which ways can it have come and gone, as far as calls that found it go? */
const waysOf = (
  { strand, add, remove }: SetCalls,
  { found, addedBy, goneFrom }: Bounds,
  { id, horizon }: { readonly id: number; readonly horizon: number },
): number => {
  const [put, out] = [add[id] as number, remove[id] as number];
  if (put === none) return found[id] === 1 ? 0 : 1;
  const [by, from] = [addedBy[id] as number, goneFrom[id] as number];
  const added = strand.start[put] as number;
  if (by < added) return 0;
  if (out === none) return 1;
  const isRemoved = isSure(strand, out, horizon);
  const removed = strand.start[out] as number;
  const end = returnOf(strand, out, horizon);
  const staysAfter = !isRemoved || removed < by ? 1 : 0;
  return staysAfter + (from < end && added < end ? 2 : 0);
};

const callsOn = ({ element, strand }: SetCalls, id: number): number[] => {
  const places: number[] = [];
  for (let place = 0; place < strand.count; place++) if (element[place] === id) places.push(place);
  return places;
};
