// The power switch of nodes with kernels of their own: each is one process, which can be killed, started and stopped.
import { readFile } from 'node:fs/promises';
import { infrastructureError, usageError } from '../../base/errors.ts';
import type { PowerAction } from '../../contract/cluster.ts';
import type { Layout } from '../embedded/layout.ts';
import { killPart, partPids } from '../embedded/processes.ts';
import { type Ready, readReady } from '../embedded/provider.ts';
import { openSessions } from '../embedded/sessions.ts';
import { bootNode } from './launch.ts';
import { defaultMemoryMiB } from './memory.ts';

/** The kernel is process 1 of a namespace of its own: the last number of its NSpid line; see proc_pid_status(5). */
const isKernel = async (pid: number): Promise<boolean> => {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  return /^NSpid:\t\d+\t(?:\d+\t)*1$/m.test(status);
};

/** Process number of the node's kernel, when it has power. */
export const kernelOf = async (layout: Layout, node: string): Promise<number | undefined> => {
  const pids = await partPids(layout, node);
  const are = await Promise.all(pids.map(isKernel));
  return pids.find((_, index) => are[index]);
};

/** Stopped, as by `pause`: `T` in its state. */
const isPaused = async (pid: number): Promise<boolean> =>
  /^State:\tT/m.test(await readFile(`/proc/${pid}/status`, 'latin1').catch(() => ''));

/** Nodes that have no power or are paused: none of them answers. */
export const absentNodes = async (
  layout: Layout,
  nodes: readonly string[],
): Promise<readonly string[]> => {
  const absent = await Promise.all(
    nodes.map(async (node) => {
      const pid = await kernelOf(layout, node);
      return pid === undefined || (await isPaused(pid)) ? [node] : [];
    }),
  );
  return absent.flat();
};

const powerOn = async (layout: Layout, node: string, ready: Ready): Promise<void> => {
  if ((await kernelOf(layout, node)) !== undefined) return;
  const { nodes, subnet, hostKey, memoryMiB = defaultMemoryMiB } = ready;
  // A launcher without its kernel may be left of a start that was cut short.
  await killPart(layout, node);
  await bootNode({ layout, node, index: nodes.indexOf(node), subnet, memoryMiB });
  const absent = nodes.filter((other) => other !== node);
  const sessions = await openSessions({
    layout,
    nodes,
    subnet,
    hostKey,
    patienceMs: 30_000,
    absent,
  });
  await Promise.all(sessions.map(({ remote }) => remote.close()));
};

const signalKernel = async (
  layout: Layout,
  node: string,
  signal: 'SIGSTOP' | 'SIGCONT',
): Promise<void> => {
  const pid = await kernelOf(layout, node);
  if (pid === undefined)
    throw infrastructureError(`${node} of cluster '${layout.name}' has no power`, {
      code: 'node-off',
      hint: `ordeal cluster power on ${node} --name ${layout.name}`,
    });
  process.kill(pid, signal);
};

/** Throws a usage error when there is no such node. Doing again what is done already changes nothing. */
export const powerNode = async (
  layout: Layout,
  node: string,
  action: PowerAction,
): Promise<void> => {
  const ready = await readReady(layout);
  if (!ready.nodes.includes(node))
    throw usageError(
      `no node '${node}' in cluster '${layout.name}'`,
      `There are: ${ready.nodes.join(', ')}.`,
    );
  if (action === 'off') await killPart(layout, node);
  else if (action === 'on') await powerOn(layout, node, ready);
  else await signalKernel(layout, node, action === 'pause' ? 'SIGSTOP' : 'SIGCONT');
};
