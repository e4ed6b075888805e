// Runs several checkers on one history; what goes wrong in one costs the others nothing.
import { messageOf } from '../base/errors.ts';
import { lintNeeds } from '../history/lint.ts';
import type { Op } from '../history/op.ts';
import type { Checker } from './checker.ts';
import type { Verdict } from './verdict.ts';

const problemsShown = 10;

/** What the history lacks of what the checker needs; undefined when nothing. */
const unmet = ({ needs }: Checker, history: readonly Op[]): Verdict | undefined => {
  const problems = needs === undefined ? [] : lintNeeds(history, needs);
  const [first] = problems;
  if (first === undefined) return undefined;
  return {
    valid: 'unknown',
    reason: `not a history for this checker: ${first.message} (${problems.length} problems)`,
    problems: problems.slice(0, problemsShown),
  };
};

const judge = async (checker: Checker, history: readonly Op[]): Promise<Verdict> => {
  try {
    const lacking = unmet(checker, history);
    if (lacking !== undefined) return lacking;
    return await checker(history);
  } catch (thrown) {
    const error = messageOf(thrown);
    return { valid: 'unknown', reason: `the checker failed: ${error}`, error };
  }
};

/**
 * Every checker's verdict by name, in the order given; one that throws has the verdict `unknown` with its `error`.
 * The verdict of all together is `worst` of these.
 */
export const compose =
  (checkers: Readonly<Record<string, Checker>>) =>
  async (history: readonly Op[]): Promise<Record<string, Verdict>> => {
    const verdicts: [string, Verdict][] = [];
    for (const [name, checker] of Object.entries(checkers))
      verdicts.push([name, await judge(checker, history)]);
    return Object.fromEntries(verdicts);
  };
