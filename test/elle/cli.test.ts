// The command line: formats, exit codes, evidence on disk.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ednOf, type TxnOp } from 'elle-js-bridge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/elle-js-bridge/cli/main.ts';

/** Names of files begin with @ here: they lie in a folder of their own. */
const program = join(import.meta.dirname, '../../src/elle-js-bridge/cli/elle-js-bridge.mjs');
const java = join(import.meta.dirname, 'fixtures/java.mjs');
const folder = mkdtempSync(join(tmpdir(), 'elle-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const skew: TxnOp[] = [
  {
    index: 0,
    time: 0,
    process: 0,
    type: 'invoke',
    f: 'txn',
    value: [
      ['r', 'y', null],
      ['append', 'x', 1],
    ],
  },
  {
    index: 1,
    time: 1,
    process: 1,
    type: 'invoke',
    f: 'txn',
    value: [
      ['r', 'x', null],
      ['append', 'y', 1],
    ],
  },
  {
    index: 2,
    time: 2,
    process: 0,
    type: 'ok',
    f: 'txn',
    value: [
      ['r', 'y', null],
      ['append', 'x', 1],
    ],
  },
  {
    index: 3,
    time: 3,
    process: 1,
    type: 'ok',
    f: 'txn',
    value: [
      ['r', 'x', null],
      ['append', 'y', 1],
    ],
  },
];

/** Runs the program in this process: starting Node two dozen times would take most of the suite's time. */
const run = async (...args: readonly string[]) => {
  const printed = { stdout: '', stderr: '' };
  const streams = ['stdout', 'stderr'] as const;
  const write = streams.map((name) => process[name].write);
  for (const name of streams)
    process[name].write = (text: string | Uint8Array) => {
      printed[name] += text.toString();
      return true;
    };
  try {
    const status = await main(
      args.map((arg) => (arg.startsWith('@') ? join(folder, arg.slice(1)) : arg)),
    );
    return { status, ...printed };
  } finally {
    for (const [i, name] of streams.entries()) process[name].write = write[i]!;
  }
};

beforeAll(() => {
  const file = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  file('skew.jsonl', skew.map((op) => JSON.stringify(op)).join('\n'));
  file('skew.json', JSON.stringify(skew));
  file('skew.edn', skew.map(ednOf).join('\n'));
  file('vector.edn', `[${skew.map(ednOf).join(' ')}]`);
  file('nameless', skew.map(ednOf).join('\n'));
  file('empty.jsonl', '');
  file('broken.jsonl', '{"type":"ok"}\n{nonsense\n');
  file('strange.jsonl', '{"type":"maybe"}\n');
});

describe('check', () => {
  test.each(['skew.jsonl', 'skew.json', 'skew.edn', 'vector.edn', 'nameless'])(
    '%s: invalid is 1',
    async (file) => {
      const { status, stdout } = await run('check', '--model', 'list-append', `@${file}`);
      expect([status, stdout.split('\n')[0]]).toEqual([1, `${join(folder, file)}\tfalse`]);
      expect(stdout).toContain('anomalies: G2-item');
    },
  );

  test('the program itself, in a process of its own', () => {
    const args = [program, 'check', '--model', 'list-append', 'skew.edn'];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect([status, stdout.split('\n')[0]]).toEqual([1, 'skew.edn\tfalse']);
  });

  test('valid is 0, unknown is 2, and one bad file decides', async () => {
    const statusOf = async (...args: readonly string[]) =>
      (await run('check', '-m', 'list-append', ...args)).status;
    expect(await statusOf('-c', 'snapshot-isolation', '@skew.edn')).toBe(0);
    expect(await statusOf('@empty.jsonl')).toBe(2);
    expect(await statusOf('@empty.jsonl', '@skew.edn')).toBe(1);
  });

  test('--anomalies adds what to look for', async () => {
    const args = ['check', '-m', 'list-append', '-c', 'snapshot-isolation', '@skew.edn'];
    expect((await run(...args, '-a', 'G2-item')).status).toBe(1);
  });

  test('--json: one object a file', async () => {
    const args = ['check', '-m', 'list-append', '--json', '@skew.edn', '@empty.jsonl'];
    const lines = (await run(...args)).stdout.trim().split('\n');
    const [first, second] = lines.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ valid: false, anomalyTypes: ['G2-item'] });
    expect(second).toMatchObject({ file: join(folder, 'empty.jsonl'), valid: 'unknown' });
  });

  test('--json: integers beyond 2^53 stay exact', async () => {
    const big = '[{:type :ok, :process 0, :value [[:r 1 [9007199254740993]]]}]';
    writeFileSync(join(folder, 'big.edn'), big);
    const { stdout } = await run('check', '-m', 'list-append', '--json', '@big.edn');
    expect(JSON.parse(stdout).anomalies['garbage-read'][0].element).toBe('9007199254740993');
  });

  test('--directory holds words and pictures', async () => {
    await run('check', '-m', 'list-append', '-d', '@out', '@skew.edn');
    expect(readFileSync(join(folder, 'out/G2-item.txt'), 'utf8')).toContain('a contradiction!');
    expect(existsSync(join(folder, 'out/G2-item/0.svg'))).toBe(true);
  });

  test.each([
    [['-m', 'bank', '@skew.edn'], 'bank'],
    [['-m', 'list-append', '-c', 'perfect', '@skew.edn'], 'perfect'],
    [['-m', 'list-append', '@missing.jsonl'], 'missing.jsonl'],
    [['-m', 'list-append', '@broken.jsonl'], 'broken.jsonl: line 2 is no JSON'],
    [['-m', 'list-append', '@strange.jsonl'], 'strange.jsonl: line 1 is no operation'],
    [['-m', 'list-append', '--backend', 'jvm', '@skew.edn'], '--jar'],
    [['-m', 'list-append', '@skew.edn', '--colour', 'red'], 'colour'],
  ])('%j is refused with 254 and a reason', async (args, reason) => {
    const { status, stderr } = await run('check', ...args);
    expect([status, stderr.includes(reason)]).toEqual([254, true]);
  });

  test('no command is refused with 254', async () => {
    expect((await run()).status).toBe(254);
  });
});

test('compare: differences and their reasons', async () => {
  const args = ['compare', '-m', 'list-append', '--java', java, '@skew.edn'];
  const { status, stdout } = await run(...args, '--jar', 'valid');
  expect([status, stdout.includes('no known reason')]).toEqual([1, true]);
  expect((await run(...args, '--jar', 'crash')).stdout).toContain('exception');
});
