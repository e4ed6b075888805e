#!/usr/bin/env node
// The `elle-js-bridge` program: needs a Node that strips types; says so on an older one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url));
/** Where a workspace or an installation keeps a newer Node, if it does. */
const pinned = ['../../../node_modules/.bin/node', '../../.bin/node'].map(pathOf).find(existsSync);

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { main } = await import(existsSync(pathOf('./main.ts')) ? './main.ts' : './main.js');
  process.exitCode = await main(process.argv.slice(2));
} else if (pinned !== undefined && process.execPath !== pinned) {
  const child = spawn(pinned, [pathOf(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  child.on('close', (code) => process.exit(code ?? 255));
} else {
  process.stderr.write(
    `elle-js-bridge: Node ${process.versions.node} is too old: 24 or newer is needed\n`,
  );
  process.exit(4);
}
