#!/usr/bin/env node
// The `ordeal` program: finds a Node that strips types, then hands over to main. Plain JavaScript for any Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** An older Node starts the pinned one, which dies with it: `kill -9` of this process must not leave a controller behind. */
const runPinned = (pinned) => {
  const leash = '/usr/bin/setpriv';
  const argv = [pinned, pathOf(import.meta.url), ...process.argv.slice(2)];
  const [command, ...rest] = existsSync(leash) ? [leash, '--pdeathsig', 'KILL', ...argv] : argv;
  const child = spawn(command, rest, { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both of us; elsewhere it has to be passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () =>
      signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal),
    );
  child.on('close', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
};

const pinned = pathOf('../../node_modules/.bin/node');
if (Number(process.versions.node.split('.')[0]) >= 24) {
  module.enableCompileCache?.(); // halves the start: what was stripped and compiled once is kept in the system's temporary folder
  const { main } = await import(existsSync(pathOf('./main.ts')) ? './main.ts' : './main.js');
  await main(process.argv.slice(2));
} else if (existsSync(pinned)) {
  runPinned(pinned);
} else {
  process.stderr.write(`ordeal: Node ${process.versions.node} is too old: 24 or newer is needed\n`);
  process.exit(4);
}
