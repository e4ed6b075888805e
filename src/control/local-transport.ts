// Programs on this machine, each a session of its own, so that it can be killed with all it started.
import { constants } from 'node:os';
import { execa } from 'execa';
import type { Channel, Ending, Transport } from './transport.ts';

/** A transport that starts programs here; `node` names it in messages. */
export const localTransport = (node: string): Transport => ({
  node,
  isRoot: process.getuid?.() === 0,
  open: async (argv) => openLocal(argv),
  close: async () => undefined,
});

const openLocal = (argv: readonly string[]): Channel => {
  const [file, ...rest] = argv as [string, ...string[]];
  const child = execa(file, rest, {
    // setsid(2): the kill addresses the session.
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdio: 'pipe',
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended: child.then((result) => endingOf(result)),
    abandon: () => {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
};

type Ended = {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
};

/** As a shell says it: 127 for a program that is not there, 126 for one that cannot run. */
const endingOf = ({ exitCode, signal, code }: Ended): Ending => {
  if (exitCode !== undefined) return { code: exitCode };
  if (signal !== undefined && signal in constants.signals) return { signal };
  return { code: code === 'ENOENT' ? 127 : 126 };
};
