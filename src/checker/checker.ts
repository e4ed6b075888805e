// The checker contract: a pure function from history to verdict.
import type { Vocabulary } from '../history/lint.ts';
import type { Op } from '../history/op.ts';
import type { Verdict } from './verdict.ts';

/**
 * Judges a history (client and nemesis operations, dense indices). Pure: no files, no clock, no randomness.
 * Budgets are counted in work; out of budget is `unknown` with what was reached.
 */
export type Checker = {
  (history: readonly Op[]): Verdict | Promise<Verdict>;
  /**
   * Every `f` that clients may use, with what the checker needs of its values for a verdict that means something. A
   * history that breaks it is `unknown`, with the problems; the checker is then not asked.
   */
  readonly needs?: Vocabulary;
};
