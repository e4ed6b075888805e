// `ordeal cluster`: bring clusters up and down by hand, and work on their nodes.
import { spawn } from 'node:child_process';
import type { Argv, CommandModule } from 'yargs';
import { infrastructureError, usageError } from '../base/errors.ts';
import { providerKinds, providerOf } from '../cluster/providers.ts';
import type { Cluster } from '../contract/cluster.ts';
import type { Node } from '../contract/node.ts';
import { logs, power } from './cluster-power.ts';
import { allClusters, attachByName, findCluster, nameOption, optional } from './find-cluster.ts';
import { suggestion } from './suggest.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const nodeOf = (cluster: Cluster, name: string): Node => {
  const node = cluster.nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  throw usageError(
    `cluster ${cluster.name} has no node '${name}': ${suggestion(
      name,
      cluster.nodes.map((n) => n.name),
    )}`,
  );
};

const up: CommandModule = {
  command: 'up [kind]',
  describe: 'Build a cluster and leave it up',
  builder: (yargs) =>
    yargs
      .positional('kind', {
        type: 'string',
        default: 'netns',
        describe: `Kind: ${providerKinds.join(', ')}`,
      })
      .option('nodes', {
        type: 'number',
        default: 5,
        requiresArg: true,
        describe: 'Number of nodes',
      })
      .option('name', {
        type: 'string',
        default: 'default',
        requiresArg: true,
        describe: 'Name of the cluster',
      })
      .option('memory', {
        type: 'number',
        requiresArg: true,
        describe: 'MiB of memory of each node with its own kernel (kind uml); 256 unless told',
      })
      .example(
        '$0 cluster up --nodes 3 --name lab',
        'three nodes; then: ordeal test register --cluster-name lab',
      )
      .example('$0 cluster up uml --nodes 3', 'three nodes, each with a Linux kernel of its own'),
  handler: async (argv) => {
    const nodeCount = Number(argv['nodes']);
    const name = String(argv['name']);
    const began = performance.now();
    const memory = argv['memory'];
    const provider = providerOf(String(argv['kind']));
    if (provider.isGiven)
      throw usageError(
        `a cluster of kind ${provider.kind} is not built: it is there`,
        'ordeal test register --inventory hosts.yaml',
      );
    const cluster = await provider.up({
      name,
      nodeCount,
      ...(memory === undefined ? {} : { memoryMiB: Number(memory) }),
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    for (const node of cluster.nodes) say(`${node.name.padEnd(4)} ${node.addresses.join('  ')}`);
    say(`cluster ${name} is up after ${seconds} s; ordeal cluster down ${name} removes it`);
    await cluster.close();
  },
};

const down: CommandModule = {
  command: 'down [name]',
  describe: 'Remove every trace of a cluster',
  builder: (yargs) =>
    yargs
      .positional('name', nameOption)
      .option('all', {
        type: 'boolean',
        default: false,
        describe: 'Every cluster that the tool made',
      })
      .example('$0 cluster down lab', 'one cluster')
      .example('$0 cluster down --all', 'all of them, also what a killed run left'),
  handler: async (argv) => {
    const clusters =
      argv['all'] === true ? await allClusters() : [await findCluster(optional(argv['name']))];
    for (const { kind, name } of clusters) {
      await providerOf(kind).down(name);
      say(`cluster ${name} is gone`);
    }
    if (clusters.length === 0) say('no cluster is up');
  },
};

const list: CommandModule = {
  command: 'list',
  describe: 'List the clusters that are up',
  handler: async () => {
    const clusters = await allClusters();
    if (clusters.length === 0) say('no cluster is up');
    for (const { name, kind, nodes, createdAt, owner } of clusters)
      say(
        `${name.padEnd(20)} ${kind.padEnd(6)} ${String(nodes.length).padStart(2)} nodes  ${createdAt}  ${owner.alive ? `used by process ${owner.pid}` : 'no process'}`,
      );
  },
};

const exec: CommandModule = {
  command: 'exec <node> [command..]',
  describe: 'Run a program on a node (arguments after --)',
  builder: (yargs) =>
    yargs
      .positional('node', { type: 'string', demandOption: true })
      .option('name', nameOption)
      .example('$0 cluster exec n1 -- nft list ruleset', 'what a fault left on n1'),
  handler: async (argv) => {
    const command = [
      ...((argv['command'] as readonly unknown[] | undefined) ?? []),
      ...((argv['--'] as readonly unknown[] | undefined) ?? []),
    ].map(String);
    if (command.length === 0)
      throw usageError('say what to run: ordeal cluster exec n1 -- COMMAND');
    const cluster = await attachByName(optional(argv['name']));
    try {
      const result = await nodeOf(cluster, String(argv['node'])).remote.exec(command, {
        check: false,
      });
      process.stdout.write(result.stdout);
      process.stderr.write(result.stderr);
      process.exitCode = result.exitCode;
    } finally {
      await cluster.close();
    }
  },
};

const ssh: CommandModule = {
  command: ['ssh <node>', 'shell <node>'],
  describe: 'Open a shell on a node',
  builder: (yargs) =>
    yargs.positional('node', { type: 'string', demandOption: true }).option('name', nameOption),
  handler: async (argv) => {
    const { kind, name } = await findCluster(optional(argv['name']));
    const command = await providerOf(kind).sshCommand?.(name, String(argv['node']));
    if (!command)
      throw infrastructureError(`a cluster of kind ${kind} offers no ssh`, { code: 'no-ssh' });
    const [file, ...args] = command;
    process.exitCode = await new Promise<number>((resolve, reject) => {
      const child = spawn(file, args, { stdio: 'inherit' });
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 255));
    });
  },
};

export const clusterCommand: CommandModule = {
  command: 'cluster <action>',
  describe: 'Build, list, use and remove clusters of nodes',
  builder: (yargs): Argv =>
    yargs
      .command(up)
      .command(down)
      .command(list)
      .command(exec)
      .command(ssh)
      .command(power)
      .command(logs)
      .strictCommands()
      .demandCommand(1, 'say what to do: up, down, list, exec, ssh, power, logs'),
  handler: () => undefined, // yargs demands one of the commands above
};
