// `ordeal list`: what can be named on the command line, and the runs that were made.
import type { CommandModule } from 'yargs';
import { type Kind, load, namesOf } from './registry.ts';
import { listRunLines } from './runs.ts';

const plural: Readonly<Record<string, Kind>> = {
  workloads: 'workload',
  nemeses: 'nemesis',
  systems: 'system',
};

/** One line an extension: its name and what it is about. */
const describeKind = async (heading: string, kind: Kind): Promise<string[]> => {
  const names = namesOf(kind);
  const width = Math.max(...names.map((name) => name.length));
  const lines = await Promise.all(
    names.map(async (name) => `  ${name.padEnd(width)}  ${(await load(kind, name)).about}`),
  );
  return [`${heading}:`, ...lines];
};

export const listCommand: CommandModule = {
  command: 'list [what]',
  describe: 'List workloads, nemeses, systems, or the runs under results/',
  builder: (yargs) =>
    yargs
      .positional('what', {
        type: 'string',
        choices: ['all', 'workloads', 'nemeses', 'systems', 'runs'],
        default: 'all',
      })
      .option('results', {
        type: 'string',
        default: 'results',
        describe: 'Folder of the runs',
        requiresArg: true,
      })
      .example('$0 list', 'everything that can be named')
      .example('$0 list runs', 'the runs under results/, newest first, with their verdicts'),
  handler: async (argv) => {
    const what = String(argv.what);
    const lines: string[] = [];
    for (const [heading, kind] of Object.entries(plural))
      if (what === 'all' || what === heading) lines.push(...(await describeKind(heading, kind)));
    if (what === 'runs') lines.push(...(await listRunLines(String(argv.results))));
    process.stdout.write(`${lines.join('\n')}\n`);
  },
};
