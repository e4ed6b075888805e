// The PostgreSQL server of one node and its data: make, start, stop, signals, wipe.
import type { Node } from '../../contract/node.ts';
import {
  type DaemonPlace,
  isDaemonRunning,
  signalDaemon,
  startDaemon,
  stopDaemon,
} from '../../control/daemon.ts';
import { programsOf } from './install.ts';
import {
  accessRules,
  asServerUser,
  initdbCommand,
  type Layout,
  serverCommand,
  serverUser,
} from './layout.ts';

/** Every function is idempotent. */
export type ServerProcess = {
  /** Makes the data directory where there is none, and starts the server. */
  start(): Promise<void>;
  /** Asks it to end its clients' sessions and itself; kills it when it does not. */
  stop(): Promise<void>;
  /** `kill -9` of all its processes; resolves when they are dead, so that a start right after it starts a new one. */
  kill(): Promise<void>;
  signal(name: 'STOP' | 'CONT'): Promise<void>;
  isRunning(): Promise<boolean>;
  wipe(): Promise<void>;
};

/**
 * Every process of a server, and no other, works in its data directory; each backend leads a session of its own, so no
 * process group has them all, and those whose parent was killed go on until they notice. Parameters: data directory,
 * signal. KILL is repeated until none is left: the parent may have started one in between.
 */
const signalScript = `
all() {
  for process in /proc/[0-9]*; do
    if [ "$process/cwd" -ef "$1" ]; then printf '%s ' "\${process#/proc/}"; fi
  done
}
left=200
while [ "$left" -gt 0 ]; do
  pids=$(all "$1")
  [ -n "$pids" ] || exit 0
  kill -s "$2" -- $pids 2>/dev/null
  [ "$2" = KILL ] || exit 0
  left=$((left - 1))
  sleep 0.02
done
echo "processes $pids do not die" >&2
exit 1`;

export const serverProcess = (node: Node, layout: Layout): ServerProcess => {
  const { remote } = node;
  const dataDir = layout.dataDir(node);
  const place: DaemonPlace = { name: 'postgres', pidFile: layout.pidFile(node), sudo: true };
  const signalAll = async (name: string): Promise<void> => {
    await remote.exec(['/bin/sh', '-c', signalScript, 'ordeal-postgres', dataDir, name], {
      sudo: true,
    });
  };
  return {
    start: async () => {
      const programs = await programsOf(node);
      if (!(await isDaemonRunning(remote, place))) await makeData(node, dataDir, programs);
      const argv = serverCommand({ programs, node, layout });
      await startDaemon(remote, { ...place, argv, logFile: layout.logFile(node), cwd: '/' });
    },
    stop: async () => {
      // INT: clients are disconnected, their transactions rolled back, and a checkpoint is written.
      await stopDaemon(remote, { ...place, signal: 'INT', graceMs: 5_000 });
      await signalAll('KILL');
    },
    kill: async () => {
      await stopDaemon(remote, { ...place, signal: 'KILL' });
      await signalAll('KILL');
    },
    signal: async (name) => {
      // The parent first, so that it starts none that would be missed.
      if (name === 'STOP') await signalDaemon(remote, place, name);
      await signalAll(name);
    },
    isRunning: () => isDaemonRunning(remote, place),
    wipe: async () => {
      await remote.exec(['rm', '-rf', '--', dataDir, `${dataDir}.new`], { sudo: true });
    },
  };
};

/** Made aside and moved into place when it is whole: what was interrupted is made again. */
const makeData = async ({ remote }: Node, dataDir: string, programs: string): Promise<void> => {
  const there = await remote.exec(['test', '-e', dataDir], { sudo: true, check: false });
  if (there.exitCode === 0) return;
  const fresh = `${dataDir}.new`;
  const owner = ['-o', serverUser, '-g', serverUser, '-m', '700'];
  await remote.exec(['rm', '-rf', '--', fresh], { sudo: true });
  await remote.exec(['install', '-d', ...owner, '--', fresh], { sudo: true });
  await remote.exec(asServerUser(initdbCommand(programs, fresh)), { sudo: true, cwd: '/' });
  await remote.exec(['tee', '--', `${fresh}/pg_hba.conf`], { sudo: true, stdin: accessRules });
  await remote.exec(['mv', '-T', '--', fresh, dataDir], { sudo: true });
};
