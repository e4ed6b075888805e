// Carries out a plan: a run folder, nodes, the life of the test, judgement, reports, and everything put away again.
import { exitCodes, messageOf, OrdealError } from '../base/errors.ts';
import { providerOf } from '../cluster/providers.ts';
import type { Reporter, RunEvent, RunResult } from '../contract/events.ts';
import type { SummaryData } from '../report/summary.ts';
import { writeReports } from '../report/write-reports.ts';
import type { Ending } from '../runner/life.ts';
import { closeLargeHistory } from '../store/closing.ts';
import { openLog } from '../store/log.ts';
import { writeVerdict } from '../store/records.ts';
import { createRun, type Run } from '../store/run-folder.ts';
import { openConsole } from './console.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import { endedBy, judge } from './judge.ts';
import { checkersOf, generatorOf, nodeNamesOf } from './plan-parts.ts';
import { runOnCluster } from './run-on-cluster.ts';
import type { Plan } from './test-options.ts';

export type Finished = { readonly exitCode: number; readonly run: Run; readonly result: RunResult };

/** Tells every reporter and the run's log; one that throws is noted once and costs the others nothing. */
const multiplex = (reporters: readonly Reporter[]): ((event: RunEvent) => void) => {
  const broken = new Set<Reporter>();
  return (event) => {
    for (const reporter of reporters) {
      if (broken.has(reporter)) continue;
      try {
        reporter.onEvent(event);
      } catch (thrown) {
        broken.add(reporter);
        process.stderr.write(`a reporter failed and is silent from now on: ${messageOf(thrown)}\n`);
      }
    }
  };
};

/** What is worth keeping of the events: not the operations, which the history has. */
const logReporter = (log: ReturnType<typeof openLog>): Reporter => ({
  onEvent: (event) => {
    if (event.type === 'phase') log.write({ message: `phase ${event.phase}` });
    if (event.type !== 'progress' && event.type !== 'warning') return;
    const { message, node } = event;
    const level = event.type === 'warning' ? 'warning' : 'info';
    log.write({ level, message, ...(node === undefined ? {} : { node }) });
  },
});

/** An ending for what was thrown: an operational error is told as such, a bug is ours and says so. */
const endingOf = (thrown: unknown, interrupt: Interrupt): Ending => {
  if (interrupt.signal.aborted) return { failures: [], healed: true, interrupted: true };
  if (thrown instanceof OrdealError) return endedBy(thrown);
  const bug = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  process.stderr.write(`ordeal: a bug in ordeal itself, please report it: ${bug}\n`);
  return endedBy(
    new OrdealError(`a bug in ordeal itself: ${messageOf(thrown)}`, {
      code: 'bug',
      exitCode: exitCodes.crash,
      cause: thrown,
    }),
  );
};

/** Writes the verdict. A run whose verdict nobody can read later is no good run, but a violation stays one. */
const publishVerdict = async (run: Run, result: RunResult): Promise<RunResult> => {
  try {
    await writeVerdict(run, result);
    return result;
  } catch (thrown) {
    process.stderr.write(`ordeal: ${messageOf(thrown)}\n`);
    const isGood = result.exitCode === exitCodes.valid || result.exitCode === exitCodes.unknown;
    return isGood
      ? { ...result, exitCode: exitCodes.infrastructure, reason: messageOf(thrown) }
      : result;
  }
};

/** Writes the reports and says what is in them; that they cannot be written never changes a verdict. */
const publishReports = async (run: Run): Promise<SummaryData | undefined> => {
  try {
    return (await writeReports(run.folder)).summary;
  } catch (thrown) {
    process.stderr.write(`ordeal: no report: ${messageOf(thrown)}\n`);
    return undefined;
  }
};

/** Makes a large history compact; one that cannot be stays plain, and nothing is lost. */
const close = async (run: Run): Promise<void> => {
  await closeLargeHistory(run).catch((thrown: unknown) =>
    process.stderr.write(`ordeal: the history stays uncompressed: ${messageOf(thrown)}\n`),
  );
};

/** Runs a plan to its end. Throws only before the run folder exists; afterwards everything ends in a verdict. */
export const runPlan = async (options: {
  readonly plan: Plan;
  readonly repeat: string;
}): Promise<Finished> => {
  const { plan, repeat } = options;
  providerOf(plan.clusterKind);
  const generator = generatorOf(plan, nodeNamesOf(plan.nodeCount)); // wrong options show here, before anything is touched
  const { name, seed, results: root } = plan;
  const run = await createRun({ root, name, seed });
  using interrupt = listenForInterrupt();
  using terminal = openConsole();
  const log = openLog(run);
  const emit = multiplex([terminal, logReporter(log)]);
  emit({
    type: 'begin',
    name,
    folder: run.folder,
    seed,
    repeat,
    plannedSeconds: plan.timeLimitSeconds,
  });

  const ending = await runOnCluster({ plan, run, repeat, generator, emit, interrupt }).catch(
    (thrown: unknown) => endingOf(thrown, interrupt),
  );
  const judged = await judge({ run, checkers: checkersOf(plan), ending, emit });
  emit({ type: 'phase', phase: 'report' });
  await log
    .close()
    .catch((thrown: unknown) => process.stderr.write(`ordeal: ${messageOf(thrown)}\n`));
  const result = await publishVerdict(run, judged);
  const summary = await publishReports(run);
  await close(run);
  if (summary !== undefined) terminal.summarise(summary);
  emit({ type: 'end', result, isReported: summary !== undefined });
  return { exitCode: result.exitCode, run, result };
};
