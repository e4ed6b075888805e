// Which sequences of relations make up a cycle of a kind: a small automaton compiled from its spec.
import { bits } from '../graph/relations.ts';
import type { Spec } from './specs.ts';

/** States are numbered from 0, the start. */
export type Automaton = {
  readonly states: number;
  /** State after taking relation bit b (0 … 7) in state s: next[8 * s + b]; −1 when it may not be taken. */
  readonly next: Int8Array;
  /** Whether a cycle may close in a state. */
  readonly accepts: Uint8Array;
  /** Relations a cycle may begin with. */
  readonly first: number;
};

/** What a path has still to do: required masks unmet, rw steps to go, and whether one may be taken now. */
type State = {
  readonly unmet: number;
  readonly rwLeft: number;
  readonly justTookRw: boolean;
  readonly rwTaken: boolean;
};

const startOf = (spec: Spec): State => ({
  unmet: (1 << spec.required.length) - 1,
  rwLeft: spec.rw === 'none' ? 0 : spec.rw === 'one' ? 1 : 2,
  justTookRw: false,
  rwTaken: false,
});

/** The state after one more relation, or undefined. */
const step = (spec: Spec, state: State, bit: number): State | undefined => {
  const isRw = (bit & spec.rwMask) !== 0;
  if (!isRw && (bit & spec.free) === 0) return undefined;
  if (isRw && spec.rw === 'one' && state.rwTaken) return undefined;
  if (isRw && spec.rw === 'apart' && state.justTookRw) return undefined;
  const met = spec.required.findIndex((mask, i) => (state.unmet & (1 << i)) !== 0 && mask & bit);
  return {
    unmet: met < 0 ? state.unmet : state.unmet & ~(1 << met),
    rwLeft: isRw ? Math.max(0, state.rwLeft - 1) : state.rwLeft,
    justTookRw: isRw && spec.rw === 'apart',
    rwTaken: spec.rw === 'one' && (state.rwTaken || isRw),
  };
};

/** Numbers the states a spec can get into. */
export const compile = (spec: Spec): Automaton => {
  const states: State[] = [startOf(spec)];
  const numbers = new Map([[JSON.stringify(states[0]), 0]]);
  const next: number[] = [];
  for (const state of states)
    for (let b = 0; b < 8; b++) {
      const after = step(spec, state, 1 << b);
      if (!after) {
        next.push(-1);
        continue;
      }
      const name = JSON.stringify(after);
      if (!numbers.has(name)) {
        numbers.set(name, states.length);
        states.push(after);
      }
      next.push(numbers.get(name)!);
    }
  const accepts = states.map((s) => (s.unmet === 0 && s.rwLeft === 0 && !s.justTookRw ? 1 : 0));
  return {
    states: states.length,
    next: Int8Array.from(next),
    accepts: Uint8Array.from(accepts),
    first: spec.rw !== 'none' ? spec.rwMask : (spec.required[0] ?? spec.free),
  };
};

/** The one data relation by which an edge counts, for typed kinds of cycles. */
export const labelOf = (mask: number, priority: readonly number[]): number => {
  const extra = mask & (bits.process | bits.realtime);
  for (const bit of priority) if ((mask & bit) !== 0) return bit | extra;
  return extra;
};
