// System `etcd`: a real cluster of one to nine members, one a node; clients for registers and transactions over HTTP.
import type { Node } from '../contract/node.ts';
import type { OptionSpecs, OptionValues } from '../contract/options.ts';
import type { System, SystemContext } from '../contract/system.ts';
import { leaders, memberNames, type View } from './etcd/cluster-state.ts';
import { untilHealthy } from './etcd/health.ts';
import { installEtcd, installedVersion, packages } from './etcd/install.ts';
import { type Layout, type LayoutOptions, layoutOf } from './etcd/layout.ts';
import { memberProcess } from './etcd/member-process.ts';
import { registerClient } from './etcd/register.ts';
import { listAppend, rwRegister, transactionClient } from './etcd/transactions.ts';

const options = {
  'serializable-reads': {
    type: 'boolean',
    describe:
      'Read what the asked node has, without its leader: fast, and stale behind a partition',
    default: false,
  },
  'client-timeout-ms': {
    type: 'number',
    describe: 'Milliseconds after which a client gives an operation up: a write is then unknown',
    default: 1_500,
    min: 1,
    integer: true,
  },
  'snapshot-count': {
    type: 'number',
    describe: 'Entries between two snapshots of a member',
    default: 10_000,
    min: 1,
    integer: true,
  },
} as const satisfies OptionSpecs;

const numberOption = (values: OptionValues, name: keyof typeof options): number =>
  Number(values[name] ?? options[name].default);

export type EtcdOptions = LayoutOptions & {
  /** Milliseconds until a member that does not serve is given up; 30,000 unless told. */
  readonly healthMs?: number;
};

/** The system with ports, paths or deadline of one's own. */
export const etcdSystem = (own: EtcdOptions = {}): System => {
  const layout = layoutOf(own);
  const viewOf = ({ nodes, signal }: SystemContext): View => ({ nodes, layout, signal });
  const processOf = (node: Node) => memberProcess(node, layout);
  return {
    about: 'etcd, a replicated key-value store that promises linearizable operations (Raft).',
    options,
    packages,
    install: (node) => installEtcd(node, layout),
    start: (node, context) =>
      processOf(node).start({
        view: viewOf(context),
        snapshotCount: numberOption(context.options, 'snapshot-count'),
      }),
    ready: (node, { signal }) =>
      untilHealthy({
        node,
        layout,
        signal,
        deadlineMs: own.healthMs ?? 30_000,
        isRunning: () => processOf(node).isRunning(),
      }),
    stop: (node) => processOf(node).stop(),
    kill: (node) => processOf(node).kill(),
    pause: (node) => processOf(node).signal('STOP'),
    resume: (node) => processOf(node).signal('CONT'),
    wipe: (node) => processOf(node).wipe(),
    logFiles: (node) => [layout.logFile(node)],
    primaries: (context) => leaders(viewOf(context)),
    members: (context) => memberNames(viewOf(context)),
    version: async (node) => (await installedVersion(node)) ?? 'unknown',
    clients: {
      register: (context) => registerClient(clientOptions(layout, context.options)),
      'list-append': (context) =>
        transactionClient({ ...clientOptions(layout, context.options), vocabulary: listAppend }),
      'rw-register': (context) =>
        transactionClient({ ...clientOptions(layout, context.options), vocabulary: rwRegister }),
    },
  };
};

const clientOptions = (layout: Layout, values: OptionValues) => ({
  port: layout.clientPort,
  timeoutMs: numberOption(values, 'client-timeout-ms'),
  serializable: values['serializable-reads'] === true,
});

export const system: System = etcdSystem();
