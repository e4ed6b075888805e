// Makes sure that PostgreSQL's programs are on a node, from Debian's package where they are missing.
import { infrastructureError } from '../../base/errors.ts';
import type { Node } from '../../contract/node.ts';
import type { Layout } from './layout.ts';

export const packages: readonly string[] = ['postgresql'];
const aptMs = 300_000;
const programsFolder = '/usr/lib/postgresql';

/** Folder of the newest version's programs, e.g. `/usr/lib/postgresql/15/bin`; undefined when there is none. */
const findPrograms = async (node: Node): Promise<string | undefined> => {
  const argv = ['find', programsFolder, '-mindepth', '3', '-maxdepth', '3', '-name', 'postgres'];
  const { stdout } = await node.remote.exec(argv, { check: false });
  const versionOf = (folder: string): number => Number(folder.split('/').at(-2));
  const folders = stdout
    .split('\n')
    .filter((file) => file.endsWith('/bin/postgres'))
    .map((file) => file.slice(0, -'/postgres'.length));
  return folders.toSorted((a, b) => versionOf(a) - versionOf(b)).at(-1);
};

/** Folder of the server's programs; throws when there is none. */
export const programsOf = async (node: Node): Promise<string> => {
  const folder = await findPrograms(node);
  if (folder !== undefined) return folder;
  throw infrastructureError(`${node.name}: PostgreSQL is not installed`, {
    code: 'postgres-not-installed',
    hint: `Install ${packages.join(' and ')} on the node by hand.`,
  });
};

/** Version as the program tells it, e.g. `15.14`. */
export const installedVersion = async (node: Node): Promise<string> => {
  const { stdout } = await node.remote.exec([`${await programsOf(node)}/postgres`, '--version']);
  return /\d+(\.\d+)*/.exec(stdout)?.[0] ?? 'unknown';
};

const aptGet = (node: Node, args: readonly string[]) =>
  node.remote.exec(['apt-get', '--quiet', ...args], {
    sudo: true,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: aptMs,
  });

export const installPostgres = async (node: Node, layout: Layout): Promise<void> => {
  const { remote } = node;
  if ((await findPrograms(node)) === undefined) {
    await aptGet(node, ['update']);
    await aptGet(node, ['install', '--yes', '--no-install-recommends', ...packages]);
    // The package starts a server of its own on the same port.
    await remote.exec(['env', 'systemctl', 'disable', '--now', 'postgresql'], {
      sudo: true,
      check: false,
    });
    await programsOf(node);
  }
  // Emptied, not removed: a server of an earlier run may still write to it until it is killed.
  await remote.exec(['truncate', '--no-create', '--size=0', layout.logFile(node)], { sudo: true });
};
