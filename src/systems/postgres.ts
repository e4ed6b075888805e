// System `postgres`: one real PostgreSQL server, with clients for transactions at each of its isolation levels.
import type { Client } from '../contract/client.ts';
import type { Node } from '../contract/node.ts';
import type { OptionSpecs, OptionValues } from '../contract/options.ts';
import type { System, SystemContext } from '../contract/system.ts';
import { untilServing, writableNodes } from './postgres/health.ts';
import { installedVersion, installPostgres, packages } from './postgres/install.ts';
import { type LayoutOptions, layoutOf } from './postgres/layout.ts';
import { serverProcess } from './postgres/server-process.ts';
import { listAppendTable, rwRegisterTable, type Table } from './postgres/tables.ts';
import { isolations, transactionClient } from './postgres/transactions.ts';

const options = {
  isolation: {
    type: 'string',
    describe: 'Isolation level of the transactions; repeatable-read is snapshot isolation here',
    default: 'serializable',
    choices: isolations,
  },
  'client-timeout-ms': {
    type: 'number',
    describe: 'Milliseconds after which a client gives a transaction up: a commit is then unknown',
    default: 3_000,
    min: 1,
    integer: true,
  },
} as const satisfies OptionSpecs;

export type PostgresOptions = LayoutOptions & {
  /** Milliseconds until a server that does not serve is given up; 30,000 unless told. */
  readonly healthMs?: number;
};

/** The system with port, paths or deadline of one's own. */
export const postgresSystem = (own: PostgresOptions = {}): System => {
  const layout = layoutOf(own);
  const processOf = (node: Node) => serverProcess(node, layout);
  const clientOf = (table: Table, values: OptionValues): Client => {
    const level = values.isolation ?? options.isolation.default;
    return transactionClient({
      port: layout.port,
      timeoutMs: Number(values['client-timeout-ms'] ?? options['client-timeout-ms'].default),
      isolation: isolations.find((known) => known === level) ?? options.isolation.default,
      table,
    });
  };
  return {
    about: 'PostgreSQL, one server, its transactions at an isolation level of your choice.',
    options,
    packages,
    maxNodes: 1,
    install: (node) => installPostgres(node, layout),
    start: (node) => processOf(node).start(),
    ready: (node, { signal }) =>
      untilServing({
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
    primaries: ({ nodes }: SystemContext) => writableNodes(nodes, layout),
    version: (node) => installedVersion(node),
    clients: {
      'list-append': (context) => clientOf(listAppendTable, context.options),
      'rw-register': (context) => clientOf(rwRegisterTable, context.options),
    },
  };
};

export const system: System = postgresSystem();
