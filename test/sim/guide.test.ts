// The guides' code blocks are compiled under our own strict settings, and run.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const guides = ['testing-generators'];
const run = promisify(execFile);

const blocksOf = (guide: string): readonly string[] => {
  const text = readFileSync(join(root, `docs/guides/${guide}.md`), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
};
const blocks = guides.flatMap((guide) =>
  blocksOf(guide).map((code, i) => ({ name: `${guide}-${i + 1}.ts`, code })),
);

let folder = '';
beforeAll(() => {
  // Inside the package, so that 'ordeal' is this package.
  folder = mkdtempSync(join(root, '.guide-'));
  for (const { name, code } of blocks) writeFileSync(join(folder, name), code);
  const settings = { extends: '../tsconfig.json', include: ['*.ts'], exclude: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the guides', () => {
  test('have code blocks, and every guide is tried', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(4);
    expect(readdirSync(join(root, 'docs/guides'))).toEqual(
      expect.arrayContaining(guides.map((g) => `${g}.md`)),
    );
  });

  test('compile', async () => {
    const compiled = await run(join(root, 'node_modules/.bin/tsc'), [
      '-p',
      folder,
      '--pretty',
      'false',
    ]).catch((failed: { stdout: string }) => failed);
    // Errors of the guide's own, not of whatever it imports.
    expect(compiled.stdout.split('\n').filter((line) => line.includes('.guide-'))).toEqual([]);
  });

  test.each(blocks)('runs: $name', async ({ name }) => {
    await run(process.execPath, [join(folder, name)]);
  });
});
