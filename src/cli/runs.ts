// The list of runs under results/, one line a run.
import { iconOf, outcomeOf } from '../report/outcome.ts';
import { listRuns } from '../store/reading.ts';

/** One line a run, newest first: verdict, name, id. */
export const listRunLines = async (root: string): Promise<string[]> => {
  const runs = await listRuns(root);
  if (runs.length === 0) return [`no runs in ${root}: ordeal test register makes one`];
  return runs.map(({ run, verdict }) => {
    const { word, tone } = outcomeOf(verdict);
    return `${iconOf(tone)} ${word.padEnd(14)}  ${run.name}/${run.id}`;
  });
};
