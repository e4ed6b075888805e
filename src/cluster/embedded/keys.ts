// The two key pairs of a cluster: the nodes' host key, which the controller pins, and the controller's own.
import { readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { Layout } from './layout.ts';

export type Keys = {
  readonly hostKey: string;
  readonly hostPublicKey: string;
  readonly clientPublicKey: string;
};

const makeKey = async (path: string, comment: string): Promise<void> => {
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path]);
};

/** Makes both and returns what the nodes need; the client's private key stays in its file, readable by root alone. */
export const makeKeys = async (layout: Layout): Promise<Keys> => {
  await Promise.all([
    makeKey(layout.hostKeyFile, `ordeal-${layout.name}-nodes`),
    makeKey(layout.keyFile, `ordeal-${layout.name}-controller`),
  ]);
  const [hostKey, hostPublicKey, clientPublicKey] = await Promise.all([
    readFile(layout.hostKeyFile, 'utf8'),
    readFile(`${layout.hostKeyFile}.pub`, 'utf8'),
    readFile(`${layout.keyFile}.pub`, 'utf8'),
  ]);
  await writeFile(layout.knownHostsFile, `${layout.hostKeyAlias} ${hostPublicKey}`, {
    mode: 0o600,
  });
  return { hostKey, hostPublicKey, clientPublicKey };
};
