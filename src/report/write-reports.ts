// Writes the reports of a run into its folder.
import { relative } from 'node:path';
import { writeAtomically } from '../store/atomic.ts';
import { runAt } from '../store/run-folder.ts';
import { junitXml } from './junit.ts';
import { loadRun } from './load.ts';
import { modelOf } from './model.ts';
import { pageOf } from './page/page.ts';
import { type SummaryData, summaryOf } from './summary.ts';

/** Paths of what was written, and what the console says of the run. */
export type Written = {
  readonly report: string;
  readonly junit: string;
  readonly summary: SummaryData;
};

/**
 * Writes `report.html` and `junit.xml` from what the run folder holds; a run without a verdict gets them too.
 * Throws a usage error when the folder is not a run's.
 */
export const writeReports = async (folder: string): Promise<Written> => {
  const { reportFile: report, junitFile: junit } = runAt(folder);
  const model = modelOf(await loadRun(folder));
  const nearby = relative('.', report);
  const shown = nearby.startsWith('..') ? report : nearby;
  await writeAtomically(report, pageOf(model));
  await writeAtomically(junit, junitXml(model, shown));
  return { report, junit, summary: summaryOf(model, shown) };
};
