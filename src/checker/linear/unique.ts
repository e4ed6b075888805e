// Runs a near-linear engine on a part, and finds where the history goes wrong first.
import { assert } from '../../base/assert.ts';
import { type Call, never } from './calls.ts';
import type { Model } from './model.ts';
import { type Strand, strandOf } from './strand.ts';

/** What an engine made of a part: it can now be asked about any moment. */
export type Prepared = {
  /**
   * Places of calls that no order explains, whatever the others did, when what had not returned by `horizon` (a position
   * of the history) may never have; undefined when there are none. Calls that began later may be among them.
   */
  readonly conflict: (horizon: number) => readonly number[] | undefined;
  /** Asked after there was no conflict at all: calls that took effect, in an order that the model allows. */
  readonly order?: () => readonly number[];
};

/** An engine that needs no search. */
export type Engine = {
  readonly name: string;
  /** Undefined when the model, or the shape of the history, is none of its own. */
  readonly prepare: <S>(model: Model<S>, strand: Strand) => Prepared | undefined;
};

export type UniqueResult =
  | {
      readonly valid: true;
      readonly engine: string;
      /** The calls that took effect, by their place, in an order that the model allows, where the engine knows one. */
      readonly order?: () => readonly number[];
    }
  | {
      readonly valid: false;
      readonly engine: string;
      /** The first call whose return no order explains. */
      readonly stuck: Call;
      /** Calls that no order explains, whatever the others did; the search for a minimal history begins here. */
      readonly core: readonly Call[];
      /** The core, and what happened to its values later. */
      readonly related: readonly Call[];
    };

/** The verdict of the first engine that applies; undefined when none does. */
export const judgeWith = <S>(
  engines: readonly Engine[],
  model: Model<S>,
  strand: Strand,
): UniqueResult | undefined => {
  for (const engine of engines) {
    const prepared = engine.prepare(model, strand);
    if (prepared === undefined) continue;
    const places = prepared.conflict(never);
    if (places === undefined) {
      const { order } = prepared;
      return { valid: true, engine: engine.name, ...(order === undefined ? {} : { order }) };
    }
    const failure = firstFailure({ engine, model, strand, prepared, places });
    return { valid: false, engine: engine.name, ...failure };
  }
  return undefined;
};

type Failing<S> = {
  readonly engine: Engine;
  readonly model: Model<S>;
  readonly strand: Strand;
  readonly prepared: Prepared;
  readonly places: readonly number[];
};

const firstFailure = <S>({ engine, model, strand, prepared, places }: Failing<S>) => {
  let related = places.map(strand.callAt);
  let core = related;
  for (;;) {
    // This conflict shows at the return of `stuck`. Is there another one that showed before?
    const stuck = firstStuck(engine, model, core);
    const horizon = stuck.end - 1;
    const earlier = prepared.conflict(horizon);
    if (earlier === undefined) return { stuck, core, related };
    related = earlier.map(strand.callAt);
    core = related.filter((call) => call.start < horizon);
  }
};

/** Binary search: what is inexplicable at one moment stays so. */
const firstStuck = <S>(engine: Engine, model: Model<S>, core: readonly Call[]): Call => {
  const prepared = engine.prepare(model, strandOf(core));
  assert(prepared !== undefined, 'a part of a history has a shape that the whole has');
  const returns = core.filter((call) => !call.optional).sort((a, b) => a.end - b.end);
  let low = 0;
  let high = returns.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (prepared.conflict((returns[middle] as Call).end) === undefined) low = middle + 1;
    else high = middle;
  }
  return returns[low] as Call;
};
