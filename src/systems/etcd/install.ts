// Makes sure that etcd's programs are on a node, from Debian's packages where they are missing.
import { infrastructureError } from '../../base/errors.ts';
import type { Node } from '../../contract/node.ts';
import type { Layout } from './layout.ts';

export const packages: readonly string[] = ['etcd-server', 'etcd-client'];
const aptMs = 300_000;

/** Version of the installed program, e.g. `3.4.23`; undefined when there is none. */
export const installedVersion = async (node: Node): Promise<string | undefined> => {
  // `env` answers 127 for a program that does not exist, on every remote alike.
  const { exitCode, stdout } = await node.remote.exec(['env', 'etcd', '--version'], {
    check: false,
  });
  return exitCode === 0 ? /^etcd Version: (\S+)/m.exec(stdout)?.[1] : undefined;
};

const aptGet = (node: Node, args: readonly string[]) =>
  node.remote.exec(['apt-get', '--quiet', ...args], {
    sudo: true,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: aptMs,
  });

export const installEtcd = async (node: Node, layout: Layout): Promise<void> => {
  const { remote } = node;
  if ((await installedVersion(node)) === undefined) {
    await aptGet(node, ['update']);
    await aptGet(node, ['install', '--yes', '--no-install-recommends', ...packages]);
    // The package starts a server of its own on the same ports.
    await remote.exec(['env', 'systemctl', 'disable', '--now', 'etcd'], {
      sudo: true,
      check: false,
    });
    if ((await installedVersion(node)) === undefined)
      throw infrastructureError(`${node.name}: etcd is not there after it was installed`, {
        code: 'etcd-not-installed',
        hint: `Install ${packages.join(' and ')} on the node by hand.`,
      });
  }
  // Emptied, not removed: a server of an earlier run may still write to it until it is killed.
  await remote.exec(['truncate', '--no-create', '--size=0', layout.logFile(node)], { sudo: true });
};
