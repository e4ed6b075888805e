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
 * signal. KILL is repeated until none is left: the parent may have started one in between. Then the server's lock file
 * goes: a dead parent that nobody has collected yet, or a new process with its number, would be taken for a live one.
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
  if [ -z "$pids" ]; then
    if [ "$2" = KILL ]; then rm -f -- "$1/postmaster.pid"; fi
    exit 0
  fi
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
      if (!(await isDaemonRunning(remote, place))) await makeData(node, layout, programs);
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

/**
 * The data are made aside and moved into place when they are whole: what was interrupted is made again. Parameters: lock
 * file, data directory, account, command that fills a directory; standard input: who may connect.
 */
const makeScript = `
set -e
dir=$2 fresh=$2.new user=$3
mkdir -p -- "\${dir%/*}" "\${1%/*}"
exec 9>"$1"
flock 9
if [ -e "$dir" ]; then exit 0; fi
rm -rf -- "$fresh"
install -d -o "$user" -g "$user" -m 700 -- "$fresh"
shift 3
"$@" </dev/null 9>&-
cat >"$fresh/pg_hba.conf"
mv -T -- "$fresh" "$dir"`;

const makeData = async (node: Node, layout: Layout, programs: string): Promise<void> => {
  const dataDir = layout.dataDir(node);
  const words = [`${layout.pidFile(node)}.data-lock`, dataDir, serverUser];
  const fill = asServerUser(initdbCommand(programs, `${dataDir}.new`));
  await node.remote.exec(['/bin/sh', '-c', makeScript, 'ordeal-postgres', ...words, ...fill], {
    sudo: true,
    stdin: accessRules,
    cwd: '/',
  });
};
