// Starts the kernel process of a node, and follows its console until the node's own init has done its part.
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { infrastructureError } from '../../base/errors.ts';
import { type Layout, nodeAddresses, prefixLength, tagOf } from '../embedded/layout.ts';
import { partPids } from '../embedded/processes.ts';

const nodeScript = fileURLToPath(new URL('./node.sh', import.meta.url));
const bootMs = 60_000;
const pollMs = 25;

export const consoleOf = (layout: Layout, node: string): string =>
  join(layout.folder, node, 'console.log');
export const diskOf = (layout: Layout, node: string): string =>
  join(layout.folder, node, 'disk.img');
/** The copy of init.sh that nodes run: its path is plain, as the kernel's arguments need it. */
export const initOf = (layout: Layout): string => join(layout.folder, 'init.sh');

export type NodeBoot = {
  readonly layout: Layout;
  readonly node: string;
  /** Position in the cluster, from 0. */
  readonly index: number;
  readonly subnet: number;
  readonly memoryMiB: number;
};

/** The bridge's network namespace, by one of the processes in it. */
const switchNamespace = async (layout: Layout): Promise<string> => {
  const [pid] = await partPids(layout, 'switch');
  if (pid === undefined)
    throw infrastructureError(`cluster '${layout.name}' is no longer there: its bridge is gone`, {
      code: 'cluster-gone',
      hint: `Remove what is left of it: ordeal cluster down ${layout.name}`,
    });
  return `/proc/${pid}/ns/net`;
};

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** The same after every boot: neighbours remember it. Locally administered (the 2), then "ord" in ASCII. */
const macOf = (subnet: number, index: number): string =>
  `02:6f:72:64:${hex(subnet)}:${hex(index + 1)}`;

const argvOf = ({ layout, node, index, subnet, memoryMiB }: NodeBoot, namespace: string) => {
  const { ipv4, ipv6 } = nodeAddresses(subnet, index);
  const namespaces = ['--mount', '--ipc', '--pid', '--propagation', 'private'];
  return [
    `--net=${namespace}`,
    ...['--', 'unshare', ...namespaces, '--fork', '--kill-child'],
    ...['--', '/bin/sh', nodeScript, tagOf(layout, node), node, join(layout.folder, node)],
    ...[
      String(memoryMiB),
      macOf(subnet, index),
      `${ipv4}/${prefixLength.ipv4}`,
      `${ipv6}/${prefixLength.ipv6}`,
    ],
    initOf(layout),
  ];
};

/** Boots a node, which then depends on no one; resolves when its init has started sshd. The console log grows. */
export const bootNode = async (boot: NodeBoot): Promise<void> => {
  const { layout, node } = boot;
  const namespace = await switchNamespace(layout);
  const log = await open(consoleOf(layout, node), 'a', 0o600);
  const { size } = await log.stat();
  const child = spawn('nsenter', argvOf(boot, namespace), {
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
    cwd: '/',
  });
  let ended: string | undefined;
  child.on('error', (cause) => (ended = cause.message));
  child.on('close', (code, signal) => (ended = signal ?? `exit code ${code}`));
  try {
    await awaitInit(boot, { from: size, ended: () => ended });
  } finally {
    child.unref();
    await log.close();
  }
};

type Watch = { readonly from: number; readonly ended: () => string | undefined };

const awaitInit = async ({ layout, node }: NodeBoot, { from, ended }: Watch): Promise<void> => {
  const deadline = Date.now() + bootMs;
  for (;;) {
    // Read after asking: what the process said last is then in it.
    const end = ended();
    const said = (await readFile(consoleOf(layout, node))).subarray(from).toString('latin1');
    if (/^ordeal: ready\r?$/m.test(said)) return;
    if (end !== undefined || Date.now() > deadline)
      throw infrastructureError(
        `${node} did not boot: ${/^ordeal: (failed .*)$/m.exec(said)?.[1]?.trim() ?? end ?? `not within ${bootMs} ms`}`,
        { code: 'node-failed', hint: lastWords(layout, node, said) },
      );
    await sleep(pollMs);
  }
};

/** The console log goes with the cluster, so its end is told here. */
const lastWords = (layout: Layout, node: string, said: string): string => {
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== '');
  const last = lines.slice(-3).join(' | ').slice(-400);
  return `The console said: ${last || 'nothing'} (ordeal cluster logs ${node} --name ${layout.name})`;
};
