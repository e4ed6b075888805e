// A thread that does nothing for a while.
import { nanoseconds } from './duration.ts';
import type { Gen } from './generator.ts';
import { Spec } from './spec.ts';

/** Occupies one thread for `seconds`; not in the history. */
export const sleep = (seconds: number): Gen => {
  nanoseconds('sleep', seconds);
  return new Spec({ f: 'sleep', value: seconds }, 'sleep');
};
