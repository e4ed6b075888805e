// Nodes for tests without root: every node is a folder, and every program runs on this machine.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node } from '../../src/contract/node.ts';
import type { ExecOptions, ExecResult, Remote } from '../../src/contract/remote.ts';

export type TmpNode = Node & {
  readonly folder: string;
  /** While true, no program can be run there. */
  down: boolean;
};

/** Makes `count` nodes below one temporary folder; remove it with `cleanUp`. */
export const tmpNodes = (count: number) => {
  const root = mkdtempSync(join(tmpdir(), 'ordeal-faults-'));
  const nodes = Array.from({ length: count }, (_, i): TmpNode => {
    const name = `n${i + 1}`;
    const node: TmpNode = {
      name,
      address: `127.0.0.${i + 1}`,
      addresses: [`127.0.0.${i + 1}`],
      folder: join(root, name),
      down: false,
      remote: localRemote(name, () => node.down),
    };
    return node;
  });
  const directoryOf = (node: Node): string => join(root, node.name, 'ordeal');
  return {
    root,
    nodes,
    directoryOf,
    cleanUp: () => rmSync(root, { recursive: true, force: true }),
  };
};

const localRemote = (node: string, isDown: () => boolean): Remote => ({
  node,
  exec: (argv, options = {}) =>
    isDown() ? Promise.reject(new Error(`${node} is unreachable`)) : run(argv, options),
  upload: () => Promise.reject(new Error('not here')),
  download: () => Promise.reject(new Error('not here')),
  close: () => Promise.resolve(),
});

/** Runs a program as this user; `sudo` is ignored. */
export const run = (argv: readonly string[], options: ExecOptions): Promise<ExecResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), {
      env: { ...process.env, ...options.env },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      timeout: options.timeoutMs ?? 60_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('error', reject);
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
    child.on('close', (code) => {
      const exitCode = code ?? 255;
      if (exitCode !== 0 && options.check !== false)
        reject(new Error(`${argv[0]} exit ${exitCode}: ${stderr}`));
      else resolve({ exitCode, stdout, stderr });
    });
  });
