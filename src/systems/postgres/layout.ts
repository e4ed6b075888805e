// Where a PostgreSQL server lives on its node, and the arguments it is started with.
import { isIP } from 'node:net';
import { assert } from '../../base/assert.ts';
import type { Node } from '../../contract/node.ts';

/** Port and absolute paths on a node. Paths carry the node's name, so that nodes may share a file system. */
export type Layout = {
  readonly port: number;
  readonly dataDir: (node: Node) => string;
  readonly logFile: (node: Node) => string;
  readonly pidFile: (node: Node) => string;
};

export type LayoutOptions = {
  readonly port?: number;
  /** Put in front of every path; empty unless told. */
  readonly root?: string;
};

/** The account that the server runs as; Debian's package makes it. The server refuses to run as root. */
export const serverUser = 'postgres';
/** The role and database that clients use. */
export const role = 'ordeal';
export const database = 'postgres';

export const layoutOf = (options: LayoutOptions = {}): Layout => {
  const { port = 5432, root = '' } = options;
  return {
    port,
    dataDir: (node) => `${root}/var/lib/ordeal-postgres/${fileName(node)}`,
    logFile: (node) => `${root}/var/log/ordeal-postgres-${fileName(node)}.log`,
    pidFile: (node) => `${root}/run/ordeal-postgres-${fileName(node)}.pid`,
  };
};

/** The data directory is deleted with all that is in it: a name must not lead anywhere else. */
const fileName = ({ name }: Node): string => {
  assert(/^\w[\w.-]*$/.test(name), `a node named ${JSON.stringify(name)} cannot have files`);
  return name;
};

/** Runs a program as the server's account, keeping the process number: a daemon's pid file stays right. */
export const asServerUser = (argv: readonly string[]): readonly string[] => [
  'setpriv',
  `--reuid=${serverUser}`,
  `--regid=${serverUser}`,
  '--init-groups',
  '--',
  ...argv,
];

export const initdbCommand = (programs: string, dataDir: string): readonly string[] => [
  `${programs}/initdb`,
  `--pgdata=${dataDir}`,
  `--username=${role}`,
  '--auth=trust',
  '--encoding=UTF8',
  '--locale=C',
  // Only the machine's own crash could lose what is not synced here; the server syncs what it writes.
  '--no-sync',
];

/** Who may connect: everybody in the networks that the node is part of, nobody from elsewhere. */
export const accessRules = 'host all all samenet trust\n';

/**
 * The program and its arguments. Durability is said aloud, though it is how PostgreSQL ships. Two settings serve the
 * tests: deadlocks are looked for early, since clients wait for them; and tables this small would otherwise be read as
 * a whole, so that serializable transactions would conflict with each other whatever keys they touch.
 */
export const serverCommand = (options: {
  readonly programs: string;
  readonly node: Node;
  readonly layout: Layout;
}): readonly string[] => {
  const { programs, node, layout } = options;
  // A host known by name listens on all of its own addresses.
  const settings: Readonly<Record<string, string | number>> = {
    listen_addresses: isIP(node.address) === 0 ? '*' : node.address,
    port: layout.port,
    unix_socket_directories: '',
    max_connections: 200,
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    restart_after_crash: 'on',
    logging_collector: 'off',
    log_line_prefix: '%m [%p] ',
    // Refused transactions are daily bread here: a line for each is enough.
    log_min_error_statement: 'fatal',
    log_error_verbosity: 'terse',
    deadlock_timeout: '100ms',
    enable_seqscan: 'off',
  };
  return asServerUser([
    `${programs}/postgres`,
    '-D',
    layout.dataDir(node),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
};
