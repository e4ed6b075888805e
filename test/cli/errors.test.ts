// Wrong input gets one clear line and exit code 254, before anything is touched.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const program = resolve(import.meta.dirname, '../../src/cli/ordeal.mjs');
const scratch = mkdtempSync(join(tmpdir(), 'ordeal-cli-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const run = (args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((done) => {
    execFile(
      process.execPath,
      [program, ...args],
      { cwd: scratch, env: { ...process.env, CI: 'true' } },
      (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

const file = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};

const wrong: readonly [what: string, args: readonly string[], says: RegExp][] = [
  ['no command', [], /say what to do: one of test, check/],
  ['unknown command', ['tset'], /unknown argument 'tset': did you mean test\?/],
  [
    'unknown option',
    ['test', 'register', '--nemsis', 'partition'],
    /unknown argument 'nemsis': did you mean nemesis\?/,
  ],
  ['unknown workload', ['test', 'registr'], /unknown workload 'registr': did you mean register\?/],
  [
    'unknown nemesis',
    ['test', 'register', '--nemesis', 'partitoin'],
    /unknown nemesis 'partitoin': did you mean partition\?/,
  ],
  [
    'unknown system',
    ['test', 'register', '--system', 'etdc'],
    /unknown system 'etdc': did you mean etcd\?/,
  ],
  ['unknown cluster kind', ['test', 'register', '--cluster', 'netn'], /unknown cluster kind?/],
  ['zero nodes', ['test', 'register', '--nodes', '0'], /--nodes must be at least 1, not 0/],
  ['text for nodes', ['test', 'register', '--nodes', 'five'], /--nodes/],
  [
    'negative time limit',
    ['test', 'register', '--time-limit=-5'],
    /--time-limit must be greater than 0, not -5/,
  ],
  [
    'wrong concurrency',
    ['test', 'register', '--concurrency', '0'],
    /--concurrency must be a whole number above 0/,
  ],
  [
    'option twice',
    ['test', 'register', '--nodes', '3', '--nodes', '5'],
    /--nodes is given more than once/,
  ],
  [
    'empty target set',
    ['test', 'register', '--nodes', '1', '--nemesis', 'partition'],
    /partition.*(node|target)/,
  ],
  [
    'a file of the wrong shape',
    ['test', file('empty.ts', '// nothing\nexport const workload = { about: 1 };\n')],
    /empty\.ts: workload\.about/,
  ],
  [
    'a file that does not load',
    ['test', file('broken.ts', 'export const workload = ;\n')],
    /broken\.ts: cannot be loaded/,
  ],
  ['no such run', ['check', 'nothing-here'], /there is no run "nothing-here"/],
  ['a history file without model', ['check', file('h.jsonl', '')], /say by which --model/],
  [
    'unknown model',
    ['check', file('h2.jsonl', ''), '--model', 'cas-registr'],
    /unknown model 'cas-registr': did you mean cas-register\?/,
  ],
  [
    'a broken line',
    [
      'check',
      file('h3.jsonl', '{"process":0,"type":"invoke","f":"read","value":null}\nnot json\n{}\n'),
      '--model',
      'register',
    ],
    /h3\.jsonl:2: /,
  ],
];

describe('wrong input', () => {
  test.concurrent.each(wrong)('%s', async (_what, args, says) => {
    const { code, stderr } = await run(args);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(code).toBe(254);
  });

  test('leaves no run folder behind', () => {
    expect(readdirSync(scratch)).not.toContain('results');
  });
});

describe('help', () => {
  test.concurrent.each([
    ['--help'],
    ['test', '--help'],
    ['check', '--help'],
    ['cluster', '--help'],
    ['heal', '--help'],
    ['list', '--help'],
    ['doctor', '--help'],
  ])('ordeal %s %s explains with examples', async (...args) => {
    const { code, stdout } = await run(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Commands:|Examples:/);
  });

  test('the options of a workload, a system and a nemesis are listed when they are named', async () => {
    const { stdout } = await run(['test', 'register', '--nemesis', 'partition', '--help']);
    for (const option of ['--ops-per-key', '--serializable-reads', '--partition'])
      expect(stdout).toContain(option);
  });
});
