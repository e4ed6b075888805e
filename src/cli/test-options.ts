// The options of `ordeal test`: what yargs offers, and the one place where they are checked and become a plan.
import type { Options } from 'yargs';
import { z } from 'zod';
import { usageError } from '../base/errors.ts';
import type { NemesisPackage } from '../contract/nemesis.ts';
import type { OptionValues } from '../contract/options.ts';
import type { System } from '../contract/system.ts';
import type { Workload } from '../contract/workload.ts';
import type { MaxFaulty } from '../faults/budget.ts';
import { type Declared, readOptions } from './declared-options.ts';
import { fileOf, load, nameOf } from './registry.ts';
import { suggestion } from './suggest.ts';

/** The options every test has; systems, workloads and nemeses add their own. */
export const testOptions = {
  system: {
    type: 'string',
    default: 'etcd',
    describe: 'System under test: a name, or the path of your own file',
  },
  nemesis: {
    type: 'string',
    default: 'none',
    describe: 'Faults: names or paths, comma-separated, or none',
  },
  cluster: { type: 'string', default: 'netns', describe: 'Where nodes come from' },
  'cluster-name': {
    type: 'string',
    describe: 'Use the cluster of this name (ordeal cluster up) and leave it up',
  },
  inventory: {
    type: 'string',
    describe: 'Use the hosts that this file lists, over SSH (YAML or JSON)',
  },
  yes: {
    type: 'boolean',
    default: false,
    describe: 'Agree to tests on hosts that the inventory does not mark as disposable',
  },
  nodes: { type: 'number', default: 5, describe: 'Number of nodes' },
  'time-limit': { type: 'number', default: 60, describe: 'Seconds of load' },
  rate: {
    type: 'number',
    default: 200,
    describe: 'Operations a second of all clients together, on average',
  },
  concurrency: {
    type: 'string',
    default: '2n',
    describe: 'Client threads: a number, or times the nodes as in 2n',
  },
  'client-workers': {
    type: 'number',
    default: 0,
    describe: 'Threads for clients that compute much; 0: they run beside the journal',
  },
  'nemesis-interval': { type: 'number', default: 5, describe: 'Seconds between fault operations' },
  'max-faulty': {
    type: 'string',
    describe:
      'Nodes that faults may take out at once: a number, minority or all; unless told, a minority for several nemeses together',
  },
  recovery: {
    type: 'number',
    default: 5,
    describe: 'Seconds of load after the last fault is healed',
  },
  deadline: {
    type: 'number',
    default: 5,
    describe: 'Seconds after which an unanswered operation counts as unknown',
  },
  seed: {
    type: 'number',
    describe: 'Decides every choice the tool makes; drawn and printed when not given',
  },
  name: { type: 'string', describe: 'Name of the test, and of its folder under results/' },
  results: { type: 'string', default: 'results', describe: 'Folder of the runs' },
  keep: {
    type: 'boolean',
    default: false,
    describe: 'Leave cluster and system running afterwards',
  },
} as const satisfies Record<string, Options>;

const positive = z.number().positive('must be greater than 0');
const seconds = z.number().nonnegative('must not be negative');
const shape = z.object({
  cluster: z.string(),
  'cluster-name': z.string().optional(),
  nodes: z
    .number()
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(9, 'must be at most 9'),
  'time-limit': positive,
  rate: positive,
  concurrency: z
    .string()
    .regex(/^[1-9]\d*n?$/, 'must be a whole number above 0, or a multiple of the nodes such as 2n'),
  'client-workers': z
    .number()
    .int('must be a whole number')
    .min(0, 'must not be negative')
    .max(64, 'must be at most 64'),
  'nemesis-interval': positive,
  'max-faulty': z
    .string()
    .regex(/^(\d+|minority|all)$/, 'must be a number of nodes, minority or all')
    .optional(),
  recovery: seconds,
  deadline: positive,
  seed: z
    .number()
    .int('must be a whole number')
    .nonnegative('must not be negative')
    .max(Number.MAX_SAFE_INTEGER)
    .optional(),
  name: z
    .string()
    .regex(/^[\w][\w.+-]*$/, 'may hold letters, digits and . + - _ only')
    .optional(),
  results: z.string().min(1),
  keep: z.boolean(),
});

/** The parts named on a command line, loaded; what their `--help` and their checks need. */
export type Parts = {
  readonly systemName: string;
  readonly system: System;
  /** Path of the module that exports it. */
  readonly systemFile: string;
  /** Absolute path of the workload's file: a stored run is judged again by it. */
  readonly workloadFile: string;
  readonly workloadName: string;
  readonly workload: Workload;
  readonly nemeses: readonly { readonly name: string; readonly nemesis: NemesisPackage }[];
};

/** Everything that decides a run, checked. */
export type Plan = Parts & {
  readonly clusterKind: string;
  readonly clusterName: string | undefined;
  readonly nodeCount: number;
  readonly timeLimitSeconds: number;
  readonly rate: number;
  readonly concurrency: number;
  /** Threads for the clients; 0: none. */
  readonly clientWorkers: number;
  readonly nemesisInterval: number;
  /** Undefined: packages together keep to a minority, one alone to its own options. */
  readonly maxFaulty: MaxFaulty | undefined;
  readonly recoverySeconds: number;
  readonly deadlineMs: number;
  readonly seed: number;
  readonly name: string;
  readonly results: string;
  readonly keep: boolean;
  /** Values of the options that system, workload and nemeses declare. */
  readonly declared: OptionValues;
};

/** Names in a comma list; `none` and the empty list mean no faults. */
export const nemesisNames = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'none');

/** Loads what a command line names. */
export const loadParts = async (names: {
  readonly workload: string;
  readonly system: string;
  readonly nemesis: string;
}): Promise<Parts> => {
  const workload = await load('workload', names.workload);
  const system = await load('system', names.system);
  const listed = nemesisNames(names.nemesis);
  const repeated = listed.find((name, i) => listed.indexOf(name) !== i);
  if (repeated !== undefined) throw usageError(`--nemesis names ${repeated} twice`);
  const nemeses = await Promise.all(
    listed.map(async (name) => ({ name: nameOf(name), nemesis: await load('nemesis', name) })),
  );
  if (!system.clients[workload.vocabulary]) {
    const offered = Object.keys(system.clients);
    throw usageError(
      `system ${names.system} has no client for workload ${names.workload}, which speaks '${workload.vocabulary}': ${suggestion(workload.vocabulary, offered)}`,
    );
  }
  for (const { name, nemesis } of nemeses)
    for (const need of nemesis.needsSystem ?? [])
      if (system[need] === undefined)
        throw usageError(`nemesis ${name} needs a system that can ${need}; ${names.system} cannot`);
  return {
    systemName: nameOf(names.system),
    system,
    systemFile: fileOf('system', names.system),
    workloadFile: fileOf('workload', names.workload),
    workloadName: nameOf(names.workload),
    workload,
    nemeses,
  };
};

export const declaredBy = (parts: Parts): Declared[] => [
  { owner: `workload ${parts.workloadName}`, specs: parts.workload.options ?? {} },
  { owner: `system ${parts.systemName}`, specs: parts.system.options ?? {} },
  ...parts.nemeses.map(({ name, nemesis }) => ({
    owner: `nemesis ${name}`,
    specs: nemesis.options ?? {},
  })),
];

/** The usual number of nodes, as far as the system can use them. */
export const defaultNodes = ({ system }: Parts): number =>
  Math.min(testOptions.nodes.default, system.maxNodes ?? Number.POSITIVE_INFINITY);

const checkNodes = ({ system, systemName }: Parts, nodes: number): void => {
  const { maxNodes = nodes } = system;
  if (nodes > maxNodes)
    throw usageError(
      `--nodes must be at most ${maxNodes} for system ${systemName}, not ${nodes}`,
      'A system that does not replicate would be several systems on several nodes.',
    );
};

const concurrencyOf = (text: string, nodes: number): number =>
  text.endsWith('n') ? Number(text.slice(0, -1)) * nodes : Number(text);

const maxFaultyOf = (text: string | undefined): MaxFaulty | undefined =>
  text === undefined || text === 'minority' || text === 'all' ? text : Number(text);

/** The checked plan of a parsed command line; the first wrong option is one clear usage error. */
export const planOf = (
  parts: Parts,
  argv: Readonly<Record<string, unknown>>,
  freshSeed: () => number,
): Plan => {
  const checked = shape.safeParse(argv);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const option = String(issue?.path[0] ?? '');
    const given = argv[option];
    if (Array.isArray(given)) throw usageError(`--${option} is given more than once`);
    throw usageError(
      `--${option} ${issue?.message}${given === undefined ? '' : `, not ${String(given)}`}`,
    );
  }
  const options = checked.data;
  checkNodes(parts, options.nodes);
  const nemesisPart = parts.nemeses.map(({ name }) => name).join('+') || 'no-faults';
  return {
    ...parts,
    clusterKind: options.cluster,
    clusterName: options['cluster-name'],
    nodeCount: options.nodes,
    timeLimitSeconds: options['time-limit'],
    rate: options.rate,
    concurrency: concurrencyOf(options.concurrency, options.nodes),
    clientWorkers: options['client-workers'],
    nemesisInterval: options['nemesis-interval'],
    maxFaulty: maxFaultyOf(options['max-faulty']),
    recoverySeconds: options.recovery,
    deadlineMs: options.deadline * 1000,
    seed: options.seed ?? freshSeed(),
    name: options.name ?? `${parts.systemName}-${parts.workloadName}-${nemesisPart}`,
    results: options.results,
    keep: options.keep,
    declared: readOptions(declaredBy(parts), argv),
  };
};

const quote = (word: string): string =>
  /^[\w./:=,+@%-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** The command that repeats a run: every option that differs from its default, and the seed. */
export const repeatCommand = (
  plan: Plan,
  argv: Readonly<Record<string, unknown>>,
  positional: string,
): string => {
  const defaults: Record<string, unknown> = Object.fromEntries(
    Object.entries(testOptions).map(([name, spec]) => [
      name,
      'default' in spec ? spec.default : undefined,
    ]),
  );
  for (const { specs } of declaredBy(plan))
    for (const [name, spec] of Object.entries(specs)) defaults[name] = spec.default;
  const flags = Object.keys(defaults).flatMap((name) => {
    const value = name === 'seed' ? plan.seed : argv[name];
    if (value === undefined || value === defaults[name]) return [];
    if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
    return [`--${name}`, quote(String(value))];
  });
  return ['npx', 'ordeal', 'test', quote(positional), ...flags].join(' ');
};
