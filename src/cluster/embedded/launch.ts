// Starts process 1 of new namespaces, of a node's or the bridge's, and talks with it line by line until it stands on its own.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { assert } from '../../base/assert.ts';
import { infrastructureError } from '../../base/errors.ts';

const answerMs = 20_000;

const switchScript = fileURLToPath(new URL('./switch.sh', import.meta.url));

export type Launched = {
  /** Process whose namespaces are the new ones (all but pid), seen from here. */
  readonly pid: number;
  /** Resolves when the script says this word; rejects when it fails or dies first. */
  hear(word: string): Promise<void>;
  go(): void;
  /** Lets go of it: it no longer depends on this process, nor this process on it. */
  release(): void;
};

/** Starts a script in new namespaces. `--kill-child`: with the launcher dies process 1, and with that everything in its namespace. */
export const launch = (
  about: string,
  namespaces: readonly string[],
  argv: readonly string[],
): Launched => {
  const child = spawn(
    'unshare',
    [...namespaces, '--pid', '--fork', '--kill-child', '--', '/bin/sh', ...argv],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true, cwd: '/' },
  );
  return converse(about, child);
};

/** Starts the holder of the bridge's network namespace. It says `born` and awaits `go`. */
export const launchSwitch = (tag: string): Launched =>
  launch('bridge', ['--net'], [switchScript, tag]);

const converse = (
  about: string,
  child: ChildProcessByStdio<Writable, Readable, Readable>,
): Launched => {
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  child.stdin.on('error', () => undefined);
  const heard = new Set<string>();
  const { promise: broken, reject: breakOff } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  const fail = (why: string, cause?: unknown) =>
    breakOff(
      infrastructureError(
        `${about} did not start: ${why} ${errors.join('').trim().split('\n').at(-1) ?? ''}`.trim(),
        {
          code: 'node-failed',
          hint: 'Nodes need namespaces and overlay mounts, and their state (ORDEAL_STATE) on a disk. Try: ordeal doctor',
          ...(cause === undefined ? {} : { cause }),
        },
      ),
    );
  child.on('error', (cause) => fail(cause.message, cause));
  child.on('close', (code, signal) =>
    fail(`${[...heard].at(-1) ?? ''} (${signal ?? `exit code ${code}`})`),
  );
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => heard.add(line));
  return {
    get pid() {
      assert(child.pid !== undefined, `${about}: no process`);
      return child.pid;
    },
    hear: (word) => Promise.race([broken, hearing({ heard, lines, word, about })]),
    go: () => child.stdin.write('go\n'),
    release: () => {
      lines.close();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      child.unref();
    },
  };
};

type Hearing = {
  readonly heard: ReadonlySet<string>;
  readonly lines: ReturnType<typeof createInterface>;
  readonly word: string;
  readonly about: string;
};

const hearing = ({ heard, lines, word, about }: Hearing): Promise<void> =>
  new Promise((resolve, reject) => {
    const look = () => {
      if (!heard.has(word)) return;
      clearTimeout(timer);
      lines.off('line', look);
      resolve();
    };
    const timer = setTimeout(() => {
      lines.off('line', look);
      reject(
        infrastructureError(`${about} is silent: no '${word}' within ${answerMs} ms`, {
          code: 'node-failed',
        }),
      );
    }, answerMs);
    lines.on('line', look);
    look();
  });
