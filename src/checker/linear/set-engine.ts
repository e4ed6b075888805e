// Sets: element by element, or by the stages that reads of the whole set tell apart; no search.
import { setCallsOf } from './set-calls.ts';
import { findUnseen } from './set-elements.ts';
import { findDisorderedRead } from './set-stages.ts';
import type { Engine } from './unique.ts';

/**
 * Each element is added at most once. Without reads of the whole set, it is also removed at most once; with them, neither
 * `remove` nor `contains` must occur.
 */
export const setEngine: Engine = {
  name: 'elements',
  prepare: (model, strand) => {
    if (model.isSet !== true) return undefined;
    const calls = setCallsOf(strand);
    if (calls === undefined) return undefined;
    const find = calls.reads.length > 0 ? findDisorderedRead : findUnseen;
    return { conflict: (horizon) => find(calls, horizon) };
  },
};
