// From a run folder to its verdict: read the history, lint it, run the checkers, weigh how the run ended.
import { exitCodes, messageOf, type OrdealError } from '../base/errors.ts';
import type { Checker } from '../checker/checker.ts';
import { compose } from '../checker/compose.ts';
import { stats } from '../checker/stats.ts';
import { type Valid, type Verdict, worst } from '../checker/verdict.ts';
import type { RunEvent, RunResult } from '../contract/events.ts';
import { type Columns, opsOf } from '../history/columns.ts';
import { lint } from '../history/lint.ts';
import type { Ending } from '../runner/life.ts';
import { hasHistory, readColumns } from '../store/reading.ts';
import type { Run } from '../store/run-folder.ts';

const problemsShown = 10;

/** A malformed history proves nothing: its verdict is `unknown`, with the first problems. */
const lintVerdict = (history: Columns): Verdict => {
  const problems = lint(history);
  if (problems.length === 0) return { valid: true, operations: history.length };
  const first = problems[0];
  return {
    valid: 'unknown',
    reason: `the history is malformed: ${first?.message} (${problems.length} problems)`,
    problems: problems.slice(0, problemsShown),
  };
};

/** The checkers' verdicts on a history; a history that cannot be read is judged `unknown`. */
const verdictsOn = async (
  run: Run,
  checkers: Readonly<Record<string, Checker>>,
): Promise<Record<string, Verdict>> => {
  if (!hasHistory(run))
    return { history: { valid: 'unknown', reason: 'no operation was recorded' } };
  let history: Columns;
  try {
    history = await readColumns(run);
  } catch (thrown) {
    return { history: { valid: 'unknown', reason: messageOf(thrown) } };
  }
  const linted = lintVerdict(history);
  if (linted.valid !== true) return { history: linted };
  return compose({ stats: stats(), ...checkers })(opsOf(history));
};

const exitCodeOf = (valid: Valid, ending: Ending): number => {
  const [failure] = ending.failures;
  if (!ending.healed) return exitCodes.notHealed;
  if (ending.interrupted) return exitCodes.interrupted;
  if (valid === false) return exitCodes.invalid;
  if (failure) return failure.exitCode;
  return valid === true ? exitCodes.valid : exitCodes.unknown;
};

/** Why the exit code is not the checkers' own, in one sentence. */
const reasonOf = (ending: Ending): string | undefined => {
  const [failure] = ending.failures;
  if (failure)
    return failure.hint === undefined ? failure.message : `${failure.message}. ${failure.hint}`;
  if (!ending.healed) return 'not everything could be healed';
  return ending.interrupted ? 'interrupted, and healed' : undefined;
};

/** How a run ended that nothing went wrong with. */
export const goodEnding: Ending = { failures: [], healed: true, interrupted: false };

/** Judges a run; never throws for what is wrong with the history. */
export const judge = async (options: {
  readonly run: Run;
  readonly checkers: Readonly<Record<string, Checker>>;
  readonly ending: Ending;
  readonly emit: (event: RunEvent) => void;
}): Promise<RunResult> => {
  const { run, ending, emit } = options;
  emit({ type: 'phase', phase: 'check' });
  const checkers = await verdictsOn(run, options.checkers);
  for (const [checker, verdict] of Object.entries(checkers))
    emit({ type: 'verdict', checker, verdict });
  const valid = worst(Object.values(checkers).map((verdict) => verdict.valid));
  const reason = reasonOf(ending);
  return {
    valid,
    exitCode: exitCodeOf(valid, ending),
    checkers,
    healed: ending.healed,
    ...(reason === undefined ? {} : { reason }),
  };
};

/** What a failure adds to an ending. */
export const endedBy = (failure: OrdealError): Ending => ({ ...goodEnding, failures: [failure] });
