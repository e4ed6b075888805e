// `ordeal demo` (what `npm start` runs): the same partitions twice, once with safe reads and once with stale ones, explained.
import type { CommandModule } from 'yargs';
import { exitCodes } from '../base/errors.ts';
import { runPlan } from './run-plan.ts';
import { loadParts, planOf, repeatCommand, testOptions } from './test-options.ts';

type Act = {
  readonly title: string;
  readonly story: readonly string[];
  readonly declared: Readonly<Record<string, unknown>>;
  readonly expected: number;
  readonly moral: string;
};

const acts: readonly Act[] = [
  {
    title: 'Act 1: linearizable reads',
    story: [
      'Five etcd nodes, ten clients, and a network that is cut again and again.',
      'Every read goes through consensus, so the five nodes should look like one.',
    ],
    declared: {},
    expected: exitCodes.valid,
    moral: 'etcd kept its promise: no client could tell the five nodes from one.',
  },
  {
    title: 'Act 2: serializable reads',
    story: [
      'The same cuts, but reads are answered by whichever node is asked, without consensus.',
      'A node that is cut off does not know what the others wrote meanwhile.',
    ],
    declared: { 'serializable-reads': true },
    expected: exitCodes.invalid,
    moral:
      'a client read a value that had been overwritten before it asked: fine for a cache, not for money.',
  },
];

const defaults: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(testOptions).flatMap(([name, spec]) =>
    'default' in spec ? [[name, spec.default]] : [],
  ),
);

const say = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

export const demoCommand: CommandModule = {
  command: 'demo',
  describe: 'Two short tests of etcd under partitions, explained (npm start)',
  builder: (yargs) =>
    yargs
      .option('seed', {
        type: 'number',
        default: 7,
        requiresArg: true,
        describe: 'Seed of both tests',
      })
      .option('time-limit', {
        type: 'number',
        default: 40,
        requiresArg: true,
        describe: 'Seconds of load a test',
      })
      .option('cluster', {
        type: 'string',
        default: 'netns',
        requiresArg: true,
        describe: 'Where nodes come from',
      })
      .option('results', {
        type: 'string',
        default: 'results',
        requiresArg: true,
        describe: 'Folder of the runs',
      }),
  handler: async (argv) => {
    const parts = await loadParts({ workload: 'register', system: 'etcd', nemesis: 'partition' });
    const endings: string[] = [];
    for (const act of acts) {
      say(['', act.title, ...act.story.map((line) => `  ${line}`), '']);
      const name =
        act.expected === exitCodes.valid ? 'demo-linearizable-reads' : 'demo-serializable-reads';
      const values = {
        ...defaults,
        nemesis: 'partition',
        name,
        seed: argv['seed'],
        'time-limit': argv['time-limit'],
        cluster: argv['cluster'],
        results: argv['results'],
        ...act.declared,
      };
      const plan = planOf(parts, values, () => 0);
      const { exitCode, run } = await runPlan({
        plan,
        repeat: repeatCommand(plan, values, 'register'),
      });
      if (exitCode === exitCodes.interrupted) {
        process.exitCode = exitCode;
        return;
      }
      const asExpected = exitCode === act.expected;
      endings.push(
        `${asExpected ? act.moral : `this ended with exit code ${exitCode}, not the expected ${act.expected}.`}\n    ${run.reportFile}`,
      );
      if (!asExpected)
        process.exitCode = exitCode === exitCodes.valid ? exitCodes.unknown : exitCode;
    }
    say(['', 'What you saw', ...endings.map((ending, i) => `  ${i + 1}. ${ending}`), '']);
  },
};
