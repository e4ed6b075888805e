// The engine for registers with unique written values: near-linear verdict, and where the history goes wrong first.
import { assert } from '../../base/assert.ts';
import { type Call, never } from './calls.ts';
import type { Model } from './model.ts';
import { orderOf, withBlanks } from './unique-order.ts';
import { type Accesses, accessesOf, type Conflict, Zones } from './zones.ts';

export type UniqueResult =
  | {
      readonly valid: true;
      /** The calls that took effect, by their place, in an order that the model allows. */
      readonly order: () => readonly number[];
    }
  | {
      readonly valid: false;
      /** The first call whose return no order explains. */
      readonly stuck: Call;
      /** Calls that no order explains, whatever the others did; the search for a minimal history begins here. */
      readonly core: readonly Call[];
    };

/** Undefined when values are not unique, or the model is no register. */
export const judgeUnique = <S>(
  model: Model<S>,
  calls: readonly Call[],
): UniqueResult | undefined => {
  const accesses = accessesOf(model, calls);
  if (accesses === undefined) return undefined;
  const zones = new Zones(accesses, never);
  const conflict = zones.conflict();
  if (conflict === undefined)
    return { valid: true, order: () => withBlanks(calls, orderOf(accesses, zones)) };
  let core = callsOn(accesses, conflict, never);
  for (;;) {
    // This conflict shows at the return of `stuck`. Is there another one that showed before?
    const stuck = firstStuck(model, core);
    const horizon = stuck.end - 1;
    const earlier = new Zones(accesses, horizon).conflict();
    if (earlier === undefined) return { valid: false, stuck, core };
    core = callsOn(accesses, earlier, horizon);
  }
};

/** The calls on the values of a conflict, and on those that compare-and-sets made them of. */
const callsOn = (accesses: Accesses, conflict: Conflict, horizon: number): Call[] => {
  const involved = new Uint8Array(accesses.writer.length);
  const { reads, writes, writer } = accesses;
  for (const from of conflict.values)
    for (let value = from; value !== -1 && involved[value] !== 1; ) {
      involved[value] = 1;
      const call = writer[value] as number;
      value = call === -1 ? -1 : (reads[call] as number);
    }
  return accesses.calls.filter((call, at) => {
    const touches = involved[reads[at] as number] === 1 || involved[writes[at] as number] === 1;
    return touches && call.start < horizon;
  });
};

/** Binary search: what is inexplicable at one moment stays so. */
const firstStuck = <S>(model: Model<S>, core: readonly Call[]): Call => {
  const accesses = accessesOf(model, core);
  assert(accesses !== undefined, 'a part of a history with unique values has unique values');
  const returns = core.filter((call) => !call.optional).sort((a, b) => a.end - b.end);
  let low = 0;
  let high = returns.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const horizon = (returns[middle] as Call).end;
    if (new Zones(accesses, horizon).conflict() === undefined) low = middle + 1;
    else high = middle;
  }
  return returns[low] as Call;
};
