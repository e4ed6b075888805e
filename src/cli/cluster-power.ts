// `ordeal cluster power` and `logs`: whole nodes as machines, where they have kernels of their own.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { CommandModule } from 'yargs';
import { usageError } from '../base/errors.ts';
import { providerOf } from '../cluster/providers.ts';
import type { PowerAction } from '../contract/cluster.ts';
import { findCluster, nameOption, optional } from './find-cluster.ts';

const done: { readonly [action in PowerAction]: string } = {
  off: 'has no power: what was not synced is gone',
  on: 'is up',
  pause: 'is paused',
  resume: 'goes on',
};
const actions = Object.keys(done) as readonly PowerAction[];

export const power: CommandModule = {
  command: 'power <action> <node>',
  describe: 'Switch a node off or on, pause or resume it',
  builder: (yargs) =>
    yargs
      .positional('action', { choices: actions, demandOption: true })
      .positional('node', { type: 'string', demandOption: true })
      .option('name', nameOption)
      .example('$0 cluster power off n2', 'as if its plug was pulled'),
  handler: async (argv) => {
    const { kind, name } = await findCluster(optional(argv['name']));
    const provider = providerOf(kind);
    if (!provider.power)
      throw usageError(
        `nodes of kind ${kind} have no power switch`,
        'Those of kind uml have: ordeal cluster up uml',
      );
    const action = argv['action'] as PowerAction;
    const node = String(argv['node']);
    await provider.power(name, node, action);
    process.stdout.write(`${node} ${done[action]}\n`);
  },
};

export const logs: CommandModule = {
  command: 'logs <node>',
  describe: "Show what a node's kernel and init said",
  builder: (yargs) =>
    yargs.positional('node', { type: 'string', demandOption: true }).option('name', nameOption),
  handler: async (argv) => {
    const { kind, name } = await findCluster(optional(argv['name']));
    const path = await providerOf(kind).consoleLog?.(name, String(argv['node']));
    if (path === undefined)
      throw usageError(
        `nodes of kind ${kind} have no console of their own`,
        'Those of kind uml have: ordeal cluster up uml',
      );
    await pipeline(createReadStream(path), process.stdout, { end: false });
  },
};
