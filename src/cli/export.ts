// `ordeal export`: the history of a run, or a history file, as JSON Lines or EDN, for people and other tools.
import { statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CommandModule } from 'yargs';
import { usageError } from '../base/errors.ts';
import { type Columns, eachOp } from '../history/columns.ts';
import { openRun, readColumns } from '../store/reading.ts';
import { linesOf, writeHistory } from '../store/writing.ts';

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Prints lines; a reader that has seen enough (`| head`) ends it quietly. */
const print = async (columns: Columns, form: 'jsonl' | 'edn'): Promise<void> => {
  try {
    await pipeline(Readable.from(linesOf(eachOp(columns), form)), process.stdout, { end: false });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EPIPE')) throw cause;
  }
};

const checkTarget = (path: string, form: string | undefined): void => {
  const named = /\.(jsonl|edn)(\.gz|\.zst)?$/.exec(path)?.[1];
  if (named === undefined)
    throw usageError(
      `${path}: say by its name what to write: .jsonl or .edn, each also .gz or .zst`,
    );
  if (form !== undefined && form !== named)
    throw usageError(`${path} is named .${named}, but --format says ${form}`);
};

export const exportCommand: CommandModule = {
  command: 'export <what>',
  describe: 'Write a history as JSON Lines or EDN (which Jepsen and Elle read)',
  builder: (yargs) =>
    yargs
      .positional('what', {
        type: 'string',
        describe: 'A run (latest, NAME, NAME/ID, a folder), or a history file',
        demandOption: true,
      })
      .option('format', {
        type: 'string',
        choices: ['jsonl', 'edn'],
        requiresArg: true,
        describe: 'What to write; JSON Lines unless the name of --to says otherwise',
      })
      .option('to', {
        type: 'string',
        requiresArg: true,
        describe: 'The file: .jsonl or .edn, each also .gz or .zst; printed unless given',
      })
      .option('results', {
        type: 'string',
        default: 'results',
        requiresArg: true,
        describe: 'Folder of the runs',
      })
      .example('$0 export latest | jq .f', 'the newest history, one operation a line')
      .example('$0 export latest --to history.edn', 'for Elle and Jepsen'),
  handler: async (argv) => {
    const what = String(argv['what']);
    const form = argv['format'] === undefined ? undefined : String(argv['format']);
    const to = argv['to'] === undefined ? undefined : String(argv['to']);
    if (to !== undefined) checkTarget(to, form);
    const columns = await readColumns(
      isFile(what) ? what : await openRun(what, String(argv['results'])),
    );
    if (to === undefined) await print(columns, form === 'edn' ? 'edn' : 'jsonl');
    else await writeHistory(to, eachOp(columns));
  },
};
