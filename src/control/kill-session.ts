// Kills everything that a command started: its session, and whoever descends from it in sessions of their own.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecOptions } from '../contract/remote.ts';
import type { Transport } from './transport.ts';
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

const killMs = 5_000;

/** Kills at once on one node: sshd allows ten sessions a connection unless told, and eight are for commands. */
export const maxKillers = 2;

/** Resolves with whether it is sure that nothing of the session runs any more; takes at most five seconds. */
export const killSession = async (
  transport: Transport,
  session: number,
  sudo: ExecOptions['sudo'],
): Promise<boolean> => {
  const giveUp = AbortSignal.timeout(killMs);
  const argv = wrapCommand(['/bin/sh', '-c', script, 'ordeal-kill', String(session)], {
    mark: 'ordeal-kill:',
    isRoot: transport.isRoot,
    ...(sudo === undefined ? {} : { sudo }),
  });
  try {
    const channel = await transport.open(argv, giveUp);
    channel.stdin.end();
    channel.stdout.resume();
    channel.stderr.resume();
    const timer = new AbortController();
    const ending = await Promise.race([
      channel.ended,
      sleep(killMs, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    timer.abort();
    channel.abandon();
    return ending?.code === 0;
  } catch {
    // The node cannot be reached: then nobody can say what became of the command.
    return false;
  }
};
