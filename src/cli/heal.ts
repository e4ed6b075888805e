// `ordeal heal`: undoes what a run that is gone left on its nodes, and proves it.
import type { CommandModule } from 'yargs';
import { exitCodes, infrastructureError, messageOf } from '../base/errors.ts';
import { providerOf } from '../cluster/providers.ts';
import type { Cluster } from '../contract/cluster.ts';
import { healFromLedger, healNodes } from '../faults/heal.ts';
import { appendLedger } from '../store/ledger.ts';
import { openRun, readFaults } from '../store/reading.ts';
import type { Run } from '../store/run-folder.ts';
import { attachByName } from './find-cluster.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const failed = (lines: readonly string[]): void => {
  process.exitCode = exitCodes.notHealed;
  for (const line of lines) say(line);
};

/** The cluster that a run used, or undefined when it is gone, and its faults with it. */
const clusterOf = async (cluster: { kind: string; name: string }): Promise<Cluster | undefined> => {
  const provider = providerOf(cluster.kind);
  const up = await provider.list();
  if (!provider.isGiven && !up.some(({ name }) => name === cluster.name)) return undefined;
  return provider.attach(cluster.name).catch((cause: unknown) => {
    throw infrastructureError(`cluster ${cluster.name} cannot be reached: ${messageOf(cause)}`, {
      code: 'cluster-unreachable',
      hint: provider.isGiven
        ? 'Its faults end by themselves when their lease does.'
        : `ordeal cluster down ${cluster.name} removes it with everything on it`,
      cause,
    });
  });
};

const healRun = async (run: Run): Promise<void> => {
  const entries = await readFaults(run);
  const header = entries.find((entry) => entry.type === 'run');
  if (!header) {
    say(`${run.name}/${run.id}: no fault was ever planned; nothing to heal`);
    return;
  }
  const cluster = await clusterOf(header.cluster);
  if (!cluster) {
    say(`${run.name}/${run.id}: cluster ${header.cluster.name} is gone, and every fault with it`);
    return;
  }
  try {
    const summary = await healFromLedger(entries, cluster);
    for (const entry of summary.entries) await appendLedger(run, entry);
    for (const [node, ids] of Object.entries(summary.undoneOn))
      say(`${node}: undone ${ids.join(', ')}`);
    say(`${summary.unsettled.length} faults were not settled; ${summary.proof.says}`);
    if (summary.proof.holds === false || summary.failures.length > 0)
      failed(summary.failures.map(({ node, cause }) => `${node}: ${messageOf(cause)}`));
  } finally {
    await cluster.close();
  }
};

/** Removes what any run left on a cluster; a run that still renews its lease is left alone unless forced. */
const healCluster = async (cluster: Cluster, force: boolean): Promise<void> => {
  try {
    const { removed, live, failures } = await healNodes(cluster.nodes, { force });
    for (const [node, what] of Object.entries(removed)) say(`${node}: removed ${what.join(', ')}`);
    for (const [node, runs] of Object.entries(live))
      say(`${node}: left alone ${runs.join(', ')}, still running (--force)`);
    if (Object.keys(removed).length === 0) say('nothing was left on the nodes');
    if (failures.length > 0)
      failed(failures.map(({ node, cause }) => `${node}: ${messageOf(cause)}`));
  } finally {
    await cluster.close();
  }
};

export const healCommand: CommandModule = {
  command: 'heal [run]',
  describe: 'Undo what a run left broken on its nodes, and prove it',
  builder: (yargs) =>
    yargs
      .positional('run', {
        type: 'string',
        default: 'latest',
        describe: 'A run: latest, NAME, NAME/ID, or a folder',
      })
      .option('cluster-name', {
        type: 'string',
        requiresArg: true,
        describe: 'Instead: whatever any run left on this cluster',
      })
      .option('force', {
        type: 'boolean',
        default: false,
        describe: 'With --cluster-name: also of a run that is still alive',
      })
      .option('results', {
        type: 'string',
        default: 'results',
        requiresArg: true,
        describe: 'Folder of the runs',
      })
      .example('$0 heal', 'the newest run')
      .example('$0 heal --cluster-name lab', 'every leftover on cluster lab'),
  handler: async (argv) => {
    const name = argv['cluster-name'];
    if (name !== undefined)
      await healCluster(await attachByName(String(name)), argv['force'] === true);
    else await healRun(await openRun(String(argv['run']), String(argv['results'])));
  },
};
