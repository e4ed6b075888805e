// A message in the run's log.
import type { Gen } from './generator.ts';
import { Spec } from './spec.ts';

/** Logs a message when its turn comes; not in the history. */
export const log = (message: string): Gen => new Spec({ f: 'log', value: message }, 'log');
