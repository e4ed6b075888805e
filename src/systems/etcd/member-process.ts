// The etcd process of one node and its data: start, stop, signals, wipe.
import type { Node } from '../../contract/node.ts';
import {
  type DaemonPlace,
  isDaemonRunning,
  signalDaemon,
  startDaemon,
  stopDaemon,
} from '../../control/daemon.ts';
import { bootstrapOf } from './bootstrap.ts';
import type { View } from './cluster-state.ts';
import { type Bootstrap, etcdCommand, type Layout, newCluster } from './layout.ts';

export type StartOptions = { readonly view: View; readonly snapshotCount: number };

/** Every function is idempotent. */
export type MemberProcess = {
  start(options: StartOptions): Promise<void>;
  /** Asks it to end; kills it when it does not. */
  stop(): Promise<void>;
  /** `kill -9`; resolves when it is dead, so that a start right after it starts a new one. */
  kill(): Promise<void>;
  signal(name: 'STOP' | 'CONT'): Promise<void>;
  isRunning(): Promise<boolean>;
  wipe(): Promise<void>;
};

export const memberProcess = (node: Node, layout: Layout): MemberProcess => {
  const { remote } = node;
  const place: DaemonPlace = { name: 'etcd', pidFile: layout.pidFile(node), sudo: true };
  return {
    start: async ({ view, snapshotCount }) => {
      const bootstrap = await prepareData(node, place, view);
      const argv = etcdCommand({ node, layout, bootstrap, snapshotCount });
      await startDaemon(remote, { ...place, argv, logFile: layout.logFile(node) });
    },
    // When all members stop at once, a leader waits seconds for a successor.
    stop: () => stopDaemon(remote, { ...place, graceMs: 3_000 }),
    kill: () => stopDaemon(remote, { ...place, signal: 'KILL' }),
    signal: async (name) => {
      await signalDaemon(remote, place, name);
    },
    isRunning: () => isDaemonRunning(remote, place),
    wipe: async () => {
      await remote.exec(['rm', '-rf', '--', layout.dataDir(node)], { sudo: true });
    },
  };
};

/** Finds out how a member without data has to begin; one with data knows its cluster, whatever it is told. */
const prepareData = async (node: Node, place: DaemonPlace, view: View): Promise<Bootstrap> => {
  const { layout, nodes } = view;
  const dataDir = layout.dataDir(node);
  const { exitCode } = await node.remote.exec(['test', '-d', `${dataDir}/member`], {
    sudo: true,
    check: false,
  });
  const knows = exitCode === 0 || (await isDaemonRunning(node.remote, place));
  if (knows) return newCluster(nodes, layout);
  await node.remote.exec(['mkdir', '-p', '-m', '700', '--', dataDir], { sudo: true });
  return bootstrapOf(node, view);
};
