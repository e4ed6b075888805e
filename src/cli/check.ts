// `ordeal check`: judges a stored run again, or histories from elsewhere.
import { statSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { usageError } from '../base/errors.ts';
import type { RunResult } from '../contract/events.ts';
import { writeReports } from '../report/write-reports.ts';
import type { Ending } from '../runner/life.ts';
import { openRun } from '../store/reading.ts';
import { readTest, readVerdict, writeVerdict } from '../store/records.ts';
import type { Run } from '../store/run-folder.ts';
import { checkFiles } from './check-file.ts';
import { openConsole } from './console.ts';
import { goodEnding, judge } from './judge.ts';
import { modelNames } from './model-name.ts';
import { load } from './registry.ts';

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** How the run ended when it was made; a run that was killed left no verdict, and is judged by its history alone. */
const endingOf = (
  before: RunResult | undefined,
): Pick<RunResult, 'healed' | 'reason'> & { exitCode?: number } => before ?? { healed: true };

/** An exit code that came from how the run ended, not from its checkers, stays as it was. */
const keptExitCode = (before: RunResult | undefined, judged: RunResult): number =>
  before?.reason === undefined || (judged.valid === false && before.healed)
    ? judged.exitCode
    : before.exitCode;

const checkRun = async (run: Run): Promise<number> => {
  const test = await readTest(run);
  const before = await readVerdict(run).catch(() => undefined); // the run may have been killed before it was judged
  const workload = await load('workload', String(test.options['workload-file'] ?? test.workload));
  const nodes = test.nodes.map(({ name }) => name);
  const checkers = workload.checkers({
    nodes,
    concurrency: test.concurrency,
    options: test.options,
  });
  using terminal = openConsole();
  const emit = terminal.onEvent;
  const { name, seed, repeat, timeLimitSeconds } = test;
  emit({ type: 'begin', name, folder: run.folder, seed, repeat, plannedSeconds: timeLimitSeconds });
  const { healed, reason } = endingOf(before);
  const ending: Ending = { ...goodEnding, healed };
  const judged = await judge({ run, checkers, ending, emit });
  const result: RunResult = {
    ...judged,
    exitCode: keptExitCode(before, judged),
    ...(reason === undefined ? {} : { reason }),
  };
  await writeVerdict(run, result);
  const { summary } = await writeReports(run.folder);
  terminal.summarise(summary);
  return result.exitCode;
};

export const checkCommand: CommandModule = {
  command: 'check <what..>',
  describe: 'Judge a stored run again, or history files from elsewhere with --model',
  builder: (yargs) =>
    yargs
      .positional('what', {
        type: 'string',
        array: true,
        describe: 'A run (latest, NAME, NAME/ID, a folder), or history files',
        demandOption: true,
      })
      .option('model', {
        type: 'string',
        requiresArg: true,
        describe: `Judge files by this model: ${modelNames.join(', ')}`,
      })
      .option('initial', {
        type: 'string',
        requiresArg: true,
        describe: 'First value of the model, as JSON',
      })
      .option('independent', {
        type: 'boolean',
        describe: 'EDN: values are [key value] (unless told, the values decide)',
      })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object a file' })
      .option('results', {
        type: 'string',
        default: 'results',
        requiresArg: true,
        describe: 'Folder of the runs',
      })
      .example('$0 check latest', 'the newest run, with its own checkers')
      .example(
        '$0 check history.jsonl --model cas-register --initial null',
        'a history from elsewhere',
      ),
  handler: async (argv) => {
    const what = (argv['what'] as readonly unknown[]).map(String);
    const files = what.filter(isFile);
    const model = argv['model'] === undefined ? undefined : String(argv['model']);
    const initial = argv['initial'] === undefined ? undefined : String(argv['initial']);
    if (model !== undefined) {
      process.exitCode = await checkFiles({
        files: what,
        model,
        initial,
        json: argv['json'] === true,
        isIndependent: argv['independent'] as boolean | undefined,
      });
      return;
    }
    if (files.length > 0)
      throw usageError(
        `${files[0]} is a history file: say by which --model it is to be judged`,
        `models: ${modelNames.join(', ')}`,
      );
    if (what.length > 1) throw usageError('one run at a time: ordeal check RUN');
    process.exitCode = await checkRun(await openRun(what[0] ?? 'latest', String(argv['results'])));
  },
};
