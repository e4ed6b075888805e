// `ordeal test WORKLOAD`: provision, run under faults, judge, report.
import { randomInt } from 'node:crypto';
import yargs, { type Argv, type CommandModule } from 'yargs';
import { yargsOptionsOf } from './declared-options.ts';
import { findCluster } from './find-cluster.ts';
import { inventoryOf, requireConsent, withHostsOf } from './given-hosts.ts';
import { runPlan } from './run-plan.ts';
import {
  declaredBy,
  defaultNodes,
  loadParts,
  type Parts,
  planOf,
  repeatCommand,
  testOptions,
} from './test-options.ts';

/** What a command line names, read before the strict parse, because the parts it names bring options of their own. */
const peek = (
  argv: readonly string[],
): { help: boolean; workload: string | undefined; system: string; nemesis: string } => {
  const seen = yargs([...argv])
    .help(false)
    .version(false)
    .exitProcess(false)
    .options(testOptions)
    .fail(() => undefined)
    .parseSync();
  const workload = seen._[1];
  return {
    help: seen['help'] === true || seen['h'] === true,
    workload: workload === undefined ? undefined : String(workload),
    system: String(seen.system),
    nemesis: String(seen.nemesis),
  };
};

/** The parts named on the command line; undefined when only help is wanted and they cannot be loaded. */
const partsOf = async (argv: readonly string[]): Promise<Parts | undefined> => {
  const { help, workload, system, nemesis } = peek(argv);
  if (workload === undefined) return undefined;
  const loading = loadParts({ workload, system, nemesis });
  return help ? loading.catch(() => undefined) : loading;
};

/** A seed of 32 bits for those who give none: easy to read out and to type. */
const freshSeed = (): number => randomInt(2 ** 32);

/** A cluster that is up already has the nodes that it has. */
const withNodesOfCluster = async (
  values: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> => {
  const name = values['cluster-name'];
  if (name === undefined) return values;
  const { kind, nodes } = await findCluster(String(name));
  return { ...values, cluster: kind, nodes: nodes.length };
};

export const testCommand = (argv: readonly string[]): CommandModule => {
  let parts: Parts | undefined;
  const builder = async (self: Argv): Promise<Argv> => {
    parts = await partsOf(argv);
    return self
      .positional('workload', {
        type: 'string',
        describe: 'What the clients do: a name (ordeal list workloads) or a path',
        demandOption: true,
      })
      .options(testOptions)
      .options(parts === undefined ? {} : yargsOptionsOf(declaredBy(parts)))
      .default('nodes', parts === undefined ? testOptions.nodes.default : defaultNodes(parts))
      .example('$0 test register', 'etcd, five nodes, no faults, one minute')
      .example('$0 test register --nemesis partition --time-limit 120', 'under network partitions')
      .example('$0 test register --system ./my-db.ts --nodes 3 --concurrency 4n', 'your own system')
      .example('$0 test register --inventory hosts.yaml', 'on hosts of your own, over SSH')
      .example(
        '$0 test register --nemesis partition --seed 42',
        'the same choices as another run with seed 42',
      )
      .epilogue(
        'Exit codes: 0 valid, 1 invalid, 2 unknown, 3 stopped by a guard, 4 infrastructure, 5 not healed,\n130 interrupted and healed, 254 bad arguments, 255 a bug.\nOptions of a workload, system or nemesis are listed when it is named.',
      );
  };
  return {
    command: 'test <workload>',
    describe: 'Run a workload against a system under faults, and judge what happened',
    builder: builder as unknown as (self: Argv) => Argv, // yargs awaits it; its types know only the synchronous form here
    handler: async (values) => {
      const loaded =
        parts ??
        (await loadParts({
          workload: String(values['workload']),
          system: String(values['system']),
          nemesis: String(values['nemesis']),
        }));
      const inventory = await inventoryOf(values);
      const given = inventory ? withHostsOf(inventory, values) : await withNodesOfCluster(values);
      const plan = planOf(loaded, given, freshSeed);
      if (inventory) requireConsent(inventory, plan, values);
      // The inventory says which nodes; so does a cluster's name.
      const said = inventory ? { ...values, cluster: 'ssh', nodes: undefined } : given;
      const { exitCode } = await runPlan({
        plan,
        repeat: repeatCommand(plan, said, String(values['workload'])),
      });
      process.exitCode = exitCode;
    },
  };
};
