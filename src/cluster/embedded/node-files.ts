// Files that a node has of its own from the start, written into the upper layer of its root before it is mounted.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeAddresses } from './layout.ts';

export type NodeFiles = {
  /** Folder of the node: holds `upper`, `work` and `root`. */
  readonly folder: string;
  readonly node: string;
  /** Addresses on which sshd listens; every one of the node when there are none. */
  readonly listen: readonly string[];
  readonly hosts: string;
  /** Host key, private and public; and the key that may log in. */
  readonly hostKey: string;
  readonly clientPublicKey: string;
  /** The machine's own, adapted by `forNodes`. */
  readonly accounts: Accounts;
};

export type Accounts = { readonly passwd: string; readonly shadow: string };

/**
 * The machine's accounts with a root that can log in by key and whose shell is quick: sshd runs each command through
 * it, and bash would read the machine's .bashrc first.
 */
export const readAccounts = async (): Promise<Accounts> => {
  const [passwd, shadow] = await Promise.all([
    readFile('/etc/passwd', 'utf8'),
    readFile('/etc/shadow', 'utf8'),
  ]);
  return {
    passwd: passwd.replace(/^(root:.*:)[^:]*$/m, '$1/bin/sh'),
    // `*`: no password fits. `!` would lock the account for keys as well.
    shadow: shadow.replace(/^root:[^:]*:/m, 'root:*:'),
  };
};

const sshdConfig = (listen: readonly string[]): string =>
  [
    'Port 22',
    ...listen.map((address) => `ListenAddress ${address}`),
    'HostKey /etc/ssh/ordeal/host-key',
    'AuthorizedKeysFile /etc/ssh/ordeal/authorized-keys',
    'PermitRootLogin prohibit-password',
    'AuthenticationMethods publickey',
    'UsePAM no',
    'UseDNS no',
    'PrintMotd no',
    'PrintLastLog no',
    'X11Forwarding no',
    'PidFile none',
    'MaxStartups 100',
    'MaxSessions 100',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');

/** Makes the node's folder. Modes are set by name, for the maker's umask is anything. */
export const writeNodeFiles = async (files: NodeFiles): Promise<void> => {
  const upper = join(files.folder, 'upper');
  const folders = ['', 'etc', 'etc/ssh', 'etc/ssh/ordeal'].map((path) => join(upper, path));
  for (const path of [
    files.folder,
    ...folders,
    join(files.folder, 'work'),
    join(files.folder, 'root'),
  ]) {
    await mkdir(path);
    await chmod(path, 0o755);
  }
  const put = async (path: string, text: string, mode = 0o644) => {
    await writeFile(join(upper, path), text, { mode: 0o600 });
    await chmod(join(upper, path), mode);
  };
  await put('etc/hostname', `${files.node}\n`);
  await put('etc/hosts', files.hosts);
  await put('etc/resolv.conf', '# A node has no way out, and so no name server.\n');
  await put('etc/passwd', files.accounts.passwd);
  await put('etc/shadow', files.accounts.shadow, 0o600);
  await put('etc/ssh/ordeal/host-key', files.hostKey, 0o600);
  await put('etc/ssh/ordeal/authorized-keys', files.clientPublicKey);
  await put('etc/ssh/ordeal/sshd_config', sshdConfig(files.listen));
};

/** `/etc/hosts` of every node. */
export const hostsFile = (nodes: readonly string[], subnet: number): string =>
  [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    ...nodes.flatMap((name, index) =>
      Object.values(nodeAddresses(subnet, index)).map((address) => `${address} ${name}`),
    ),
    '',
  ].join('\n');
