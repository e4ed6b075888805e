// The two doors to linearizability, as users come in: the command, and the package; and the guide's own code.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Op } from '../../src/history/op.ts';

const root = join(import.meta.dirname, '../..');
// Inside the package, so that `ordeal` is found by its own name.
const folder = mkdtempSync(join(root, 'test/checker/.doors-'));
afterAll(() => rmSync(folder, { recursive: true }));

const row = (index: number, process: number, fields: Pick<Op, 'type' | 'f' | 'value'>): Op => ({
  index,
  time: index * 1000,
  process,
  ...fields,
});
const stale: readonly Op[] = [
  row(0, 0, { type: 'invoke', f: 'write', value: 1 }),
  row(1, 0, { type: 'ok', f: 'write', value: 1 }),
  row(2, 0, { type: 'invoke', f: 'cas', value: [1, 2] }),
  row(3, 0, { type: 'ok', f: 'cas', value: [1, 2] }),
  row(4, 1, { type: 'invoke', f: 'read', value: null }),
  row(5, 1, { type: 'ok', f: 'read', value: 1 }),
];
const edn = stale
  .map(({ process, type, f, value }) => {
    const text = value === null ? 'nil' : Array.isArray(value) ? `[${value.join(' ')}]` : value;
    return `{:process ${process} :type :${type} :f :${f} :value ${String(text)}}`;
  })
  .join('\n');

const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const jsonl = (ops: readonly Op[]): string => ops.map((op) => `${JSON.stringify(op)}\n`).join('');

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
const check = (...args: string[]) => run(join(root, 'src/cli/ordeal.mjs'), 'check', ...args);

describe('ordeal check FILE --model', () => {
  test('prints one object a file with --json, and exits as the worst one says', () => {
    const good = write('good.jsonl', jsonl(stale.slice(0, 4)));
    const bad = write('bad.jsonl', jsonl(stale));
    const other = write('bad.edn', edn);
    const files = [good, bad, other];
    const args = ['--model', 'cas-register', '--initial', 'null', '--json'];
    const { status, stdout, stderr } = check(...files, ...args);
    expect(stderr).toBe('');
    expect(status).toBe(1);
    const results = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(results.map((one) => Object.keys(one))).toEqual([
      ['file', 'valid', 'engine', 'ms'],
      ['file', 'valid', 'engine', 'operation', 'previousOk', 'minimal', 'ms'],
      ['file', 'valid', 'engine', 'operation', 'previousOk', 'minimal', 'ms'],
    ]);
    expect(results.map(({ file, valid, engine }) => ({ file, valid, engine }))).toEqual(
      files.map((file) => ({ file, valid: file === good, engine: 'zones' })),
    );
    expect(results.slice(1).map(({ operation }) => (operation as Op).index)).toEqual([5, 5]);
  });

  test('says in words what is wrong', () => {
    const { status, stdout } = check(write('words.jsonl', jsonl(stale)), '--model', 'cas-register');
    expect(status).toBe(1);
    expect(stdout).toContain('stale read: process 1 read 1');
    expect(stdout).toContain('Stale by at most 1 version');
  });

  test('integers beyond 2^53 keep every digit', () => {
    const text = jsonl(stale)
      .replaceAll(/"value":1\b/g, '"value":9007199254740993')
      .replaceAll('[1,2]', '[9007199254740993,2]');
    const { status, stdout, stderr } = check(
      write('large.jsonl', text),
      '--model',
      'cas-register',
      '--json',
    );
    expect(stderr).toBe('');
    expect(status).toBe(1);
    expect(stdout).toContain('"operation":{"index":5');
    expect(stdout).toContain('"value":9007199254740993');
  });

  test('nothing to judge by is said in one line', () => {
    const { status, stderr } = check(write('odd.jsonl', jsonl(stale)), '--model', 'casregister');
    expect(status).toBe(254);
    expect(stderr).toContain("unknown model 'casregister'");
  });
});

describe("the guide's programs", () => {
  const guide = readFileSync(join(root, 'docs/guides/linearizability.md'), 'utf8');
  const blocks = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

  test.each(blocks.map((code, at) => [at + 1, code] as const))(
    'program %i runs and says what it claims',
    (at, code) => {
      const file = write(`program-${at}.ts`, code);
      const expected = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, says]) => says);
      expect(expected).not.toHaveLength(0);
      const { status, stdout, stderr } = run(file);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout.trim().split('\n')).toEqual(expected);
    },
  );

  test('all compile under strict settings', () => {
    write(
      'tsconfig.json',
      JSON.stringify({ extends: '../../../tsconfig.json', include: ['*.ts'] }),
    );
    for (const [at, code] of blocks.entries()) write(`program-${at + 1}.ts`, code);
    expect(run(join(root, 'node_modules/typescript/bin/tsc'), '-p', folder).stdout).toBe('');
  });

  test('the model of its own takes at most 20 lines', () => {
    const model = blocks[1]?.match(/const stock[\s\S]*?\n};\n/)?.[0] ?? '';
    expect(model.split('\n').length - 1).toBeLessThanOrEqual(20);
  });
});
