// The `ordeal` command line: yargs, strict; every failure is one clear line and an exit code.
import yargs from 'yargs';
import { exitCodes, messageOf, OrdealError, usageError } from '../base/errors.ts';
import { checkCommand } from './check.ts';
import { clusterCommand } from './cluster.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { healCommand } from './heal.ts';
import { listCommand } from './list.ts';
import { suggestion } from './suggest.ts';
import { testCommand } from './test.ts';
import { versionText } from './version.ts';

/** "Unknown argument: nemsis" with the nearest option that exists. */
const explain = (message: string, known: readonly string[]): string => {
  const unknown = /^Unknown (?:arguments?|commands?): ([^,]+)/.exec(message)?.[1];
  return unknown === undefined
    ? message
    : `unknown argument '${unknown}': ${suggestion(unknown, known)}`;
};

/** The options that the parser knows at the point where it failed; yargs has no public door to them. */
const optionsKnownTo = (parser: unknown): string[] => {
  type Inside = { getOptions?(): { readonly key: object } };
  return Object.keys((parser as Inside).getOptions?.().key ?? {});
};

const commands = [
  'test',
  'check',
  'export',
  'cluster',
  'heal',
  'list',
  'doctor',
  'demo',
  'completion',
];

const parse = async (argv: readonly string[]): Promise<void> => {
  const parser = yargs([...argv])
    .scriptName('ordeal')
    .usage(
      '$0 <command>\n\nPuts a distributed system through an ordeal and tells, with evidence, whether it kept its promises.',
    )
    .command(testCommand(argv))
    .command(checkCommand)
    .command(exportCommand)
    .command(clusterCommand)
    .command(healCommand)
    .command(listCommand)
    .command(doctorCommand)
    .command(demoCommand)
    .completion('completion', 'Print a completion script for bash or zsh')
    .demandCommand(
      1,
      'say what to do: one of test, check, export, cluster, heal, list, doctor (ordeal --help)',
    )
    .strict()
    .parserConfiguration({
      'camel-case-expansion': false,
      'duplicate-arguments-array': true,
      'populate--': true,
    })
    .version(versionText())
    .help()
    .alias('h', 'help')
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      if (error) throw error;
      const known = optionsKnownTo(parser);
      throw usageError(
        explain(message, [...commands, ...known]),
        'ordeal --help lists commands, ordeal <command> --help its options',
      );
    });
  await parser.parseAsync();
};

/** What a person reads when it went wrong: one line, and one with what to do. */
const describeFailure = (thrown: unknown): { readonly text: string; readonly exitCode: number } => {
  if (thrown instanceof OrdealError) {
    const hint = thrown.hint === undefined ? '' : `\n  ${thrown.hint}`;
    return { text: `ordeal: ${thrown.message}${hint}\n`, exitCode: thrown.exitCode };
  }
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown);
  return {
    text: `ordeal: a bug in ordeal itself, please report it: ${stack}\n`,
    exitCode: exitCodes.crash,
  };
};

/** Runs one command line; sets the process's exit code instead of exiting, so that output is never cut short. */
export const main = async (argv: readonly string[]): Promise<void> => {
  try {
    await parse(argv);
  } catch (thrown) {
    const { text, exitCode } = describeFailure(thrown);
    process.stderr.write(text);
    process.exitCode = exitCode;
  }
};
