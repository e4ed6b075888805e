// The checker contract: a pure function from history to verdict.
import type { Op } from '../history/op.ts';
import type { Verdict } from './verdict.ts';

/**
 * Judges a history (client and nemesis operations, dense indices). Pure: no files, no clock, no randomness.
 * Budgets are counted in work; out of budget is `unknown` with what was reached.
 */
export type Checker = (history: readonly Op[]) => Verdict | Promise<Verdict>;
