// Runs the real `ordeal` command in tests, and looks for anything it left on the machine.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const program = resolve(import.meta.dirname, '../../src/cli/ordeal.mjs');

/** State of these tests' clusters alone, so that others on the machine are left out of account. */
const stateFolder = process.env['ORDEAL_TEST_STATE'] ?? '/var/lib/ordeal';

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
};
export type Running = {
  readonly pid: number;
  /** Everything printed so far, both streams. */
  readonly output: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ended>;
};

/** Starts `ordeal …`; at most `timeoutMs`, then it is killed. */
export const startOrdeal = (args: readonly string[], timeoutMs = 170_000): Running => {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CI: 'true', NO_COLOR: '1', ORDEAL_STATE: stateFolder },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const ended = new Promise<Ended>((done) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      done({ code, signal, output });
    }),
  );
  return {
    pid: child.pid ?? -1,
    output: () => output,
    kill: (signal) => child.kill(signal),
    ended,
  };
};

export const ordeal = (...args: string[]): Promise<Ended> => startOrdeal(args).ended;

/** Resolves when `condition` holds; throws with what was printed after `timeoutMs`. */
export const until = async (
  condition: () => boolean,
  options: { readonly running?: Running; readonly timeoutMs?: number } = {},
): Promise<void> => {
  const end = performance.now() + (options.timeoutMs ?? 60_000);
  while (!condition()) {
    if (performance.now() > end)
      throw new Error(`waited in vain; printed so far:\n${options.running?.output() ?? ''}`);
    await new Promise((done) => setTimeout(done, 50));
  }
};

export const freshResults = (): string => mkdtempSync(join(tmpdir(), 'ordeal-results-'));

/** The only run under a results folder. */
export const theRun = (results: string): string => join(results, 'latest');

const lines = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);
export const jsonLines = (file: string): Record<string, unknown>[] =>
  lines(file).map((line) => JSON.parse(line) as Record<string, unknown>);
export const jsonFile = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

const commandLines = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [
          `process ${pid}: ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}`,
        ];
      } catch {
        return []; // it ended while we looked
      }
    });

const entries = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
const claims = '/run/ordeal-subnets';

/**
 * What runs of these tests left on the machine: processes and mounts (both name the state folder), networks that are
 * still claimed (and with them links and routes), and state.
 */
export const traces = (): string[] => [
  ...commandLines().filter((line) => line.includes(`${stateFolder}/`)),
  ...lines('/proc/self/mountinfo').filter((line) => line.includes(stateFolder)),
  ...entries(claims)
    .filter((subnet) => readlinkSync(join(claims, subnet)).startsWith(`${stateFolder}/`))
    .map((subnet) => `subnet ${subnet}`),
  ...entries(join(stateFolder, 'clusters')).map((name) => `state ${name}`),
];

/** Runs a program inside a node, past the tool and its SSH: in the namespaces of the node's process 1. */
export const insideNode = (
  place: { readonly cluster: string; readonly node: string },
  argv: readonly string[],
): string => {
  const tag = `/bin/sh [^ ]*/node.sh ordeal-${place.cluster}-${place.node}@`;
  const pid = commandLines()
    .find((line) => new RegExp(`: ${tag}`).test(line))
    ?.match(/^process (\d+)/)?.[1];
  if (pid === undefined) throw new Error(`no process 1 of ${place.node} of ${place.cluster}`);
  return execFileSync(
    'nsenter',
    ['--target', pid, '--net', '--mount', '--pid', '--root', '--', ...argv],
    { encoding: 'utf8' },
  );
};
