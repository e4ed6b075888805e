// The `elle-js-bridge` program: `check` judges histories in files, `compare` asks the JVM's Elle as well.
import yargs, { type Argv } from 'yargs';
import type { HistoryFormat } from '../files.ts';
import { canonicalModel, modelNames } from '../models/lattice.ts';
import { runCheck, runCompare } from './commands.ts';
import { exitCodes } from './exit-codes.ts';

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const modelsOf = (text: string): string[] => {
  const names = listOf(text);
  const wrong = names.filter((name) => canonicalModel(name) === undefined);
  if (wrong.length > 0)
    throw new Error(
      `no consistency model is called ${wrong.join(', ')}: there are ${modelNames().join(', ')}`,
    );
  return names;
};

const addOptions = (argv: Argv) =>
  argv
    .positional('files', { type: 'string', array: true, demandOption: true, describe: 'histories' })
    .option('model', {
      alias: 'm',
      choices: ['list-append', 'rw-register'] as const,
      demandOption: true,
      describe: 'what the transactions do',
    })
    .option('consistency-models', {
      alias: 'c',
      type: 'string',
      describe: 'models to satisfy, apart by commas; strict-serializable by default',
      coerce: (text: string | undefined) => (text === undefined ? undefined : modelsOf(text)),
    })
    .option('anomalies', {
      alias: 'a',
      type: 'string',
      describe: 'further anomalies to report, apart by commas',
      coerce: (text: string | undefined) => (text === undefined ? undefined : listOf(text)),
    })
    .option('format', {
      alias: 'f',
      choices: ['json', 'edn'] as const satisfies readonly HistoryFormat[],
    })
    .option('linearizable-keys', {
      type: 'boolean',
      describe: 'registers: each key is linearizable',
    })
    .option('sequential-keys', { type: 'boolean', describe: 'registers: each key is sequential' })
    .option('wfr-keys', { type: 'boolean', describe: 'registers: writes follow reads' })
    .option('beyond-elle', {
      type: 'boolean',
      describe: 'registers: count garbage reads and crashed writers',
    })
    .option('directory', {
      alias: 'd',
      type: 'string',
      describe: 'writes words and pictures there',
    })
    .option('cycle-search-timeout', {
      alias: 's',
      hidden: true,
      describe: "elle-cli's; our budgets are work",
    })
    .option('plot-format', {
      alias: 'p',
      hidden: true,
      choices: ['svg'],
      describe: "elle-cli's; we draw SVG",
    })
    .option('plot-timeout', { alias: 't', hidden: true })
    .option('max-plot-bytes', { alias: 'b', hidden: true })
    .option('json', { type: 'boolean', describe: 'one JSON object a file' })
    .option('verbose', { alias: 'v', type: 'boolean', describe: 'the same as --json' });

const addJvm = <T>(argv: Argv<T>) =>
  argv
    .option('jar', { type: 'string', describe: 'an elle-cli jar, or one with Elle and Clojure' })
    .option('java', { type: 'string', default: 'java', describe: 'the java program' });

/** Runs the program; answers its exit code. */
export const main = async (args: readonly string[]): Promise<number> => {
  let code: number = exitCodes.usage;
  const parser = yargs([...args])
    .scriptName('elle-js-bridge')
    .command(
      'check <files..>',
      'judges histories: JSON Lines, a JSON array, or EDN',
      (argv) =>
        addJvm(addOptions(argv)).option('backend', {
          choices: ['js', 'jvm'] as const,
          default: 'js' as const,
        }),
      async (argv) => {
        code = await runCheck(argv);
      },
    )
    .command(
      'compare <files..>',
      "judges histories twice, here and by the JVM's Elle, and lists the differences",
      (argv) => addJvm(addOptions(argv)).demandOption('jar'),
      async (argv) => {
        code = await runCompare(argv);
      },
    )
    .demandCommand(1, 'say check or compare')
    .strict()
    .exitProcess(false)
    .version(false)
    .fail((message, error) => {
      throw error ?? new Error(message);
    });
  try {
    await parser.parseAsync();
    return args.includes('--help') ? exitCodes.valid : code;
  } catch (error) {
    process.stderr.write(`elle-js-bridge: ${(error as Error).message}\n`);
    return exitCodes.usage;
  }
};
