// A real sshd on loopback for tests: its own keys and port, root logs in by key; ended and wiped by `stop`.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { SshTarget } from '../../src/control/ssh-connect.ts';

/** Why no sshd can be started here, or undefined. */
export const noSshdBecause =
  process.getuid?.() !== 0
    ? 'needs root'
    : existsSync('/usr/sbin/sshd')
      ? undefined
      : 'needs the package openssh-server';

export type Sshd = {
  readonly target: SshTarget;
  readonly folder: string;
  /** Process number of the listener. */
  readonly pid: number;
  /** Starts it anew on the same port after `halt`. */
  start(): Promise<void>;
  /** Ends the listener alone; sessions go on. */
  halt(): Promise<void>;
  stop(): Promise<void>;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

const configOf = (folder: string, port: number, environment: string): string =>
  [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host-key`,
    `AuthorizedKeysFile ${folder}/key.pub`,
    'PermitRootLogin prohibit-password',
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'UseDNS no',
    'MaxStartups 100',
    // bash, run by sshd, reads .bashrc first; on a developer's machine that may take long.
    `SetEnv SHLVL=2 ${environment}`,
    '',
  ].join('\n');

/** `environment`: `NAME=value` pairs that its sessions get. */
export const startSshd = async (environment = ''): Promise<Sshd> => {
  const folder = await mkdtemp(join(tmpdir(), 'ordeal-sshd-'));
  await mkdir('/run/sshd', { recursive: true });
  for (const name of ['host-key', 'key', 'other-key'])
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  const port = await freePort();
  await writeFile(join(folder, 'config'), configOf(folder, port, environment));
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const target: SshTarget = {
    node: 'n1',
    host: '127.0.0.1',
    port,
    user: 'root',
    privateKey: await read('key'),
    hostKeys: [await read('host-key.pub')],
  };
  const run = () =>
    execa('/usr/sbin/sshd', ['-D', '-E', join(folder, 'log'), '-f', join(folder, 'config')], {
      reject: false,
      stdio: 'ignore',
    });
  let daemon = run();
  await listening(port);
  const halt = async () => {
    daemon.kill('SIGTERM');
    await daemon;
  };
  return {
    target,
    folder,
    get pid() {
      return daemon.pid ?? 0;
    },
    start: async () => {
      daemon = run();
      await listening(port);
    },
    halt,
    stop: async () => {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const listening = async (port: number): Promise<void> => {
  const { connect } = await import('node:net');
  for (let attempt = 0; attempt < 500; attempt++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isUp) return;
    await sleep(10);
  }
  throw new Error('sshd does not listen');
};
