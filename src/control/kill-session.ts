// Kills everything that a command started: its session, and whoever descends from it in sessions of their own.
import type { ExecOptions } from '../contract/remote.ts';
import type { Transport } from './transport.ts';
import { within } from './waiting.ts';
import { wrapCommand } from './wrapper.ts';

/**
 * Repeats until a look at /proc finds nobody (zombies apart): a process that forks faster than one round is met by the
 * next. Fields after the name, which may hold anything: state, parent, group, session (proc_pid_stat(5)).
 */
const script = `
family() {
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v session="$1" '
    { pid = $1; rest = $0; sub(/^.*\\) /, "", rest); split(rest, field, " ")
      if (field[1] == "Z" || field[1] == "X") next
      parent[pid] = field[2]
      if (field[4] == session) member[pid] = 1 }
    END {
      do { grown = 0
        for (pid in parent) if (!(pid in member) && (parent[pid] in member)) { member[pid] = 1; grown = 1 }
      } while (grown)
      for (pid in member) printf "%s ", pid }'
}
round=0
while [ "$round" -lt 100 ]; do
  pids=$(family "$1")
  [ -n "$pids" ] || exit 0
  kill -KILL $pids 2>/dev/null
  sleep 0.02
  round=$((round + 1))
done
exit 1`;

/** Kills at once on one node: sshd allows ten sessions a connection unless told, and eight are for commands. */
export const maxKillers = 2;

const killMs = 3_000;

/** Resolves with whether it is sure that nothing of the session runs any more; takes at most three seconds. */
export const killSession = async (
  transport: Transport,
  session: number,
  sudo: ExecOptions['sudo'],
): Promise<boolean> => {
  const argv = wrapCommand(['/bin/sh', '-c', script, 'ordeal-kill', String(session)], {
    mark: 'ordeal-kill:',
    isRoot: transport.isRoot,
    ...(sudo === undefined ? {} : { sudo }),
  });
  // A node that cannot be reached in time: then nobody can say what became of the command.
  return (await within(killMs, run(transport, argv))) === true;
};

const run = async (transport: Transport, argv: readonly string[]): Promise<boolean> => {
  const channel = await transport.open(argv, AbortSignal.timeout(killMs));
  channel.stdin.end();
  channel.stdout.resume();
  channel.stderr.resume();
  const { code } = await channel.ended;
  return code === 0;
};
