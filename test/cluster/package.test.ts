// The package as users install it: `npm pack`, unpacked elsewhere, imported and run from there.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'ordeal-package-'));
const source = join(scratch, 'source');
const project = join(scratch, 'project');
const installed = join(project, 'node_modules/ordeal');
const run = (file: string, args: readonly string[], cwd: string): string =>
  execFileSync(file, args, {
    cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      CI: 'true',
      PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`,
    },
  });

/** The working tree without what git ignores; npm rewrites the manifest while it packs, so it never packs in place. */
const copySource = (): void => {
  const files = run('git', ['ls-files', '-co', '--exclude-standard'], root)
    .split('\n')
    .filter(Boolean);
  for (const file of files) {
    mkdirSync(dirname(join(source, file)), { recursive: true });
    cpSync(join(root, file), join(source, file));
  }
  mkdirSync(join(source, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== 'elle-js-bridge')
      symlinkSync(join(root, 'node_modules', name), join(source, 'node_modules', name));
  symlinkSync('../src/elle-js-bridge', join(source, 'node_modules/elle-js-bridge'));
};

/** Unpacks the tarball where npm would put it, beside links to what it depends on. */
const install = (): void => {
  mkdirSync(installed, { recursive: true });
  run(
    'tar',
    [
      '-xzf',
      join(source, readdirSync(source).find((file) => file.endsWith('.tgz')) ?? ''),
      '--strip-components=1',
      '-C',
      installed,
    ],
    scratch,
  );
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: object;
  };
  for (const name of Object.keys(manifest.dependencies))
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
};

beforeAll(() => {
  copySource();
  run('npm', ['pack', '--silent'], source);
  install();
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const ordeal = (...args: string[]): string =>
  run(process.execPath, [join(installed, 'dist/src/cli/ordeal.mjs'), ...args], project);

describe('the packed package', () => {
  test('puts the manifest back and ships no sources, tests or secrets', () => {
    expect(readFileSync(join(source, 'package.json'), 'utf8')).toBe(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  });

  test('is imported by name, with both of its doors', () => {
    writeFileSync(
      join(project, 'use.mjs'),
      `import { checkLinearizable, History, models } from 'ordeal';
import * as testing from 'ordeal/testing';
const op = (index, type, f, value) => ({ index, time: index, process: 0, type, f, value });
const ops = [op(0, 'invoke', 'write', 1), op(1, 'ok', 'write', 1), op(2, 'invoke', 'read', null), op(3, 'ok', 'read', 2)];
console.log(checkLinearizable(History.from(ops), { model: models.register(0) }).valid, Object.keys(testing).length > 0);\n`,
    );
    expect(run(process.execPath, ['use.mjs'], project)).toBe('false true\n');
  });

  test('types are shipped, and refuse what is wrong', () => {
    const compile = (about: string): string => {
      writeFileSync(
        join(project, 'system.ts'),
        `import type { System } from 'ordeal';
export const system: System = { about: ${about}, start: async () => undefined, clients: {} };\n`,
      );
      const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
      const strict = [
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2024',
        '--skipLibCheck',
      ];
      return run(join(root, 'node_modules/.bin/tsc'), [...strict, ...types, 'system.ts'], project);
    };
    writeFileSync(join(project, 'package.json'), '{"type":"module"}\n');
    compile("'a system'");
    expect(() => compile('1')).toThrow();
  });

  test('its command lists what is bundled and runs a test with a report', () => {
    expect(ordeal('list')).toMatch(/register[\s\S]*partition[\s\S]*etcd/);
    const output = ordeal(
      'test',
      'register',
      '--nodes',
      '3',
      '--nemesis',
      'partition',
      '--time-limit',
      '5',
      '--nemesis-interval',
      '1',
      '--recovery',
      '1',
      '--seed',
      '1',
    );
    expect(output).toContain('✓ VALID');
    expect(
      readFileSync(join(project, 'results/latest/report.html'), 'utf8').length,
    ).toBeGreaterThan(50_000);
  });
});
