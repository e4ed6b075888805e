// Programs on a node that outlive the session and the controller. Each function costs one round trip.
import { constants } from 'node:os';
import { posix } from 'node:path';
import { type OrdealError, usageError } from '../base/errors.ts';
import type { ExecResult, Remote } from '../contract/remote.ts';
import { lastLine, RemoteError } from './remote-error.ts';

/** What tells one daemon of a node from others. All paths are absolute. */
export type DaemonPlace = {
  /** For messages, e.g. `etcd`. */
  readonly name: string;
  /** Holds number, start time and boot of the process, so that a later process with the same number is not taken for it. */
  readonly pidFile: string;
  /** Act as another user through sudo. */
  readonly sudo?: boolean | string;
};

export type Daemon = DaemonPlace & {
  readonly argv: readonly string[];
  /** Standard output and error are appended to it. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
};

/**
 * Start time is field 22 of proc_pid_stat(5), here the twentieth behind the name, which may hold anything. Z and X are
 * dead already. `holds` leaves the number of the running daemon in `pid`.
 */
const identify = `
boot=$(cat /proc/sys/kernel/random/boot_id)
started() {
  line=
  { read -r line <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$line" ] || return 1
  set -- \${line##*) }
  case $1 in Z|X) return 1 ;; esac
  shift 19
  since=$1
}
holds() {
  pid= then= where=
  [ -f "$1" ] || return 1
  read -r pid then where <"$1"
  [ "$where" = "$boot" ] && started "$pid" && [ "$since" = "$then" ]
}
`;

/**
 * Parameters: pid file, log file, their folders, argument vector. The new session writes its own pid file and then
 * becomes the program, so that there is never a daemon without one; descriptors 3 (tells us) and 9 (lock) are closed by
 * then. The lock makes two starts at once into one.
 */
const startScript = `${identify}
mkdir -p -- "$3" "$4" || exit
command -v -- "$5" >/dev/null || { echo "no program $5" >&2; exit 127; }
exec 9>"$1.lock" && flock 9 || exit
if holds "$1"; then echo "old $pid"; exit 0; fi
pid_file=$1 log_file=$2
shift 4
setsid /bin/sh -c '${identify}
  pid_file=$1
  shift
  started $$
  echo "$$ $since $boot" >"$pid_file.new" && mv -f -- "$pid_file.new" "$pid_file" || exit
  echo "new $$" >&3
  exec "$@" 3>&- 9>&-
' ordeal-daemon "$pid_file" "$@" 3>&1 >>"$log_file" 2>&1 </dev/null &
exit 0`;

/** Parameters: pid file, signal. Exit code 3: not running. */
const signalScript = `${identify}
holds "$1" || exit 3
kill -s "$2" -- "-$pid"`;

const runningScript = `${identify}
holds "$1" || exit 3`;

/** Parameters: pid file, signal, twentieths of a second to wait. What is left of its session is killed in any case. */
const stopScript = `${identify}
[ -f "$1" ] || exit 0
exec 9>"$1.lock" && flock 9 || exit
if holds "$1"; then
  kill -s "$2" -- "$pid"
  kill -s CONT -- "-$pid"
  left=$3
  while [ "$left" -gt 0 ] && holds "$1"; do sleep 0.05; left=$((left - 1)); done
  kill -s KILL -- "-$pid" 2>/dev/null
  left=200
  while holds "$1"; do
    [ "$left" -gt 0 ] || { echo "process $pid does not die" >&2; exit 1; }
    sleep 0.05
    left=$((left - 1))
  done
fi
rm -f -- "$1"`;

const notRunning = 3;

const inSh = (script: string, ...words: readonly string[]): readonly string[] => [
  '/bin/sh',
  '-c',
  script,
  'ordeal-daemon',
  ...words,
];

const sudoOf = ({ sudo }: DaemonPlace) => (sudo === undefined ? {} : { sudo });

/** Throws usage errors for paths that depend on where one stands. */
const checkPaths = (...paths: readonly string[]): void =>
  paths.forEach((path) => {
    if (!path.startsWith('/')) throw usageError(`not an absolute path: ${JSON.stringify(path)}`);
  });

const folderOf = (path: string): string => posix.dirname(path);

/**
 * Starts a program that stays. Where it runs already nothing happens. Resolves when its pid file is written: whether it
 * then lives and serves is for its `ready` check to find out; its log says why not.
 */
export const startDaemon = async (
  remote: Remote,
  daemon: Daemon,
): Promise<{ readonly pid: number; readonly isNew: boolean }> => {
  const { argv, pidFile, logFile, env, cwd } = daemon;
  checkPaths(pidFile, logFile);
  const words = [pidFile, logFile, folderOf(pidFile), folderOf(logFile), ...argv];
  const result = await remote.exec(inSh(startScript, ...words), {
    ...sudoOf(daemon),
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
    check: false,
  });
  const [word, pid] = result.stdout.trim().split(' ');
  if (result.exitCode !== 0 || pid === undefined)
    throw failed(remote, daemon, { doing: 'start', result });
  return { pid: Number(pid), isNew: word === 'new' };
};

/** Ends it: the signal (TERM unless told), then KILL after `graceMs` (10,000 unless told). Not running is fine. */
export const stopDaemon = async (
  remote: Remote,
  place: DaemonPlace & { readonly signal?: string; readonly graceMs?: number },
): Promise<void> => {
  const { pidFile, signal = 'TERM', graceMs = 10_000 } = place;
  checkPaths(pidFile);
  const argv = inSh(stopScript, pidFile, checkSignal(signal), String(Math.ceil(graceMs / 50)));
  const result = await remote.exec(argv, {
    ...sudoOf(place),
    check: false,
    timeoutMs: graceMs + 20_000,
  });
  if (result.exitCode !== 0) throw failed(remote, place, { doing: 'stop', result });
};

/** Sends a signal, e.g. STOP, CONT, KILL, to it and its process group. False when it was not running. */
export const signalDaemon = async (
  remote: Remote,
  place: DaemonPlace,
  signal: string,
): Promise<boolean> =>
  answer(remote, place, inSh(signalScript, place.pidFile, checkSignal(signal)));

/** Whether it runs; stopped by a signal counts as running. */
export const isDaemonRunning = (remote: Remote, place: DaemonPlace): Promise<boolean> =>
  answer(remote, place, inSh(runningScript, place.pidFile));

const answer = async (
  remote: Remote,
  place: DaemonPlace,
  argv: readonly string[],
): Promise<boolean> => {
  checkPaths(place.pidFile);
  const result = await remote.exec(argv, { ...sudoOf(place), check: false });
  if (result.exitCode === 0) return true;
  if (result.exitCode === notRunning) return false;
  throw failed(remote, place, { doing: 'reach', result });
};

const checkSignal = (signal: string): string => {
  const name = signal.replace(/^SIG/, '');
  if (!(`SIG${name}` in constants.signals)) throw usageError(`no signal '${signal}'`);
  return name;
};

type Failure = { readonly doing: string; readonly result: ExecResult };

const failed = (remote: Remote, { name }: DaemonPlace, { doing, result }: Failure): OrdealError =>
  new RemoteError(
    `cannot ${doing} ${name}: ${lastLine(result.stderr) || `exit code ${result.exitCode}`}`,
    {
      code: 'command-failed',
      node: remote.node,
      argv: [],
      result,
    },
  );
