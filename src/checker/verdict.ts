// Verdicts: three answers with evidence, and the rule that the worst one wins.

export type Valid = true | false | 'unknown';

/** What a checker says; evidence stands beside `valid` as JSON-safe data. */
export type Verdict = { readonly valid: Valid; readonly [evidence: string]: unknown };

const severity = (valid: Valid): number => (valid === true ? 0 : valid === 'unknown' ? 1 : 2);

/** One `false` sinks the run, one `unknown` keeps it from passing; nothing to judge is `unknown`. */
export const worst = (valids: Iterable<Valid>): Valid => {
  let result: Valid | undefined;
  for (const valid of valids)
    if (result === undefined || severity(valid) > severity(result)) result = valid;
  return result ?? 'unknown';
};
