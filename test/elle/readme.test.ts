// The examples of the package's README run, and print what it says.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'src/elle-js-bridge/README.md'), 'utf8');
const folder = mkdtempSync(join(root, 'node_modules/.elle-readme-'));
const files = mkdtempSync(join(tmpdir(), 'elle-readme-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(files, { recursive: true });
});

const blocksOf = (kind: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${kind}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1]!,
  );

const stale = [
  { index: 0, process: 0, type: 'invoke', f: 'txn', value: [['append', 'x', 1]] },
  { index: 1, process: 0, type: 'ok', f: 'txn', value: [['append', 'x', 1]] },
  { index: 2, process: 1, type: 'invoke', f: 'txn', value: [['r', 'x', null]] },
  { index: 3, process: 1, type: 'ok', f: 'txn', value: [['r', 'x', null]] },
];

describe('programs', () => {
  test.each(blocksOf('ts').map((block, i) => [i + 1, block] as const))('example %i', (i, block) => {
    const file = join(folder, `example-${i}.mjs`);
    writeFileSync(file, block);
    const printed = execFileSync(process.execPath, [file], { encoding: 'utf8' });
    const promised = [...block.matchAll(/^\/\/ → ?(.*)$/gm)].map((match) => match[1]);
    expect(
      printed
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd()),
    ).toEqual(promised);
  });
});

describe('commands', () => {
  test.each(blocksOf('sh').map((block) => [block]))('%s', (block) => {
    writeFileSync(
      join(files, 'stale.jsonl'),
      stale.map((op) => `${JSON.stringify(op)}\n`).join(''),
    );
    const program = join(root, 'src/elle-js-bridge/cli/elle-js-bridge.mjs');
    for (const part of block.split(/^\$ /m).filter((command) => command !== '')) {
      const [command = '', ...promised] = part.trimEnd().split('\n');
      const args = command.replace('npx elle-js-bridge ', '').split(' ');
      let printed = '';
      try {
        printed = execFileSync(process.execPath, [program, ...args], {
          cwd: files,
          encoding: 'utf8',
        });
      } catch (error) {
        printed = (error as { stdout: string }).stdout;
      }
      expect(printed.trimEnd().split('\n')).toEqual(promised);
    }
  });
});
