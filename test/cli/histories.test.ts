// Histories on the command line: EDN is checked, closed runs are exported, what is malformed is unknown.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Op } from '../../src/history/op.ts';
import { closeHistory } from '../../src/store/closing.ts';
import { openJournal } from '../../src/store/journal.ts';
import { createRun } from '../../src/store/run-folder.ts';

const program = resolve(import.meta.dirname, '../../src/cli/ordeal.mjs');
const scratch = mkdtempSync(join(tmpdir(), 'ordeal-cli-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const ordeal = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: scratch,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
};
const file = (name: string, text: string): string => {
  writeFileSync(join(scratch, name), text);
  return name;
};

/** Two registers; what key 1 holds is read wrong when `last` says so. */
const keyed = (last: string): string => `
[{:process 0 :type :invoke :f :write :value [1 9007199254740993]}
 {:process 0 :type :ok     :f :write :value [1 9007199254740993]}
 {:process 1 :type :invoke :f :read  :value [2 nil]}
 #jepsen.history.Op{:process 1 :type :ok :f :read :value [2 nil]}
 {:process :nemesis :type :info :f :start :value nil}
 {:process 1 :type :invoke :f :read  :value [1 nil]}
 {:process 1 :type :ok     :f :read  :value [1 ${last}]}]`;

test('a history of Jepsen is checked key by key, and large integers are not rounded', () => {
  const sound = file('sound.edn', keyed('9007199254740993'));
  const wrong = file('wrong.edn', keyed('9007199254740992'));
  expect(ordeal('check', sound, '--model', 'register')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^valid/),
  });
  const told = ordeal('check', wrong, '--model', 'register', '--json');
  expect(told).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('"value":9007199254740992,"key":1'),
  });
  // Taken as they stand, the pairs are values of one register, of which [2 nil] was never written.
  expect(ordeal('check', sound, '--model', 'register', '--no-independent').code).toBe(1);
});

test('a malformed history is unknown, with what is wrong', () => {
  const reused = file(
    'reused.edn',
    `{:process 0 :type :invoke :f :write :value 1} {:process 0 :type :info :f :write :value 1}
     {:process 0 :type :invoke :f :read :value nil} {:process 7 :type :ok :f :read :value 1}`,
  );
  const { code, stdout } = ordeal('check', reused, '--model', 'register');
  expect(code).toBe(2);
  expect(stdout).toMatch(/^unknown +reused\.edn/);
  expect(stdout).toMatch(/operation 3: invoke of read on process 0 .* ended in an info before/);
  expect(stdout).toMatch(/operation 4: ok of read on process 7 .* no invocation is open/);
  expect(
    ordeal('check', file('bad.edn', '{:process 0\n :type'), '--model', 'register'),
  ).toMatchObject({
    code: 254,
    stderr: expect.stringMatching(/bad\.edn:2: the text ends in the middle of a form/),
  });
});

test('the closed history of a run is exported as lines, as EDN and to files', async () => {
  const run = await createRun({ root: join(scratch, 'results'), name: 'register', seed: 1 });
  const journal = openJournal(run);
  const ops = ['invoke', 'ok'].map(
    (type, index): Op => ({
      index,
      time: index,
      process: 0,
      type: type as 'ok',
      f: 'write',
      value: 5,
      key: 'x',
    }),
  );
  for (const op of ops) journal.append(op);
  await journal.close();
  const plain = readFileSync(run.historyFile, 'utf8');
  await closeHistory(run);
  expect(ordeal('export', 'latest')).toEqual({ code: 0, stdout: plain, stderr: '' });
  expect(ordeal('export', 'register', '--format', 'edn').stdout.split('\n')[1]).toBe(
    '{:index 1, :time 1, :process 0, :type :ok, :f :write, :value ["x" 5]}',
  );
  expect(ordeal('export', run.folder, '--to', 'h.edn.gz').code).toBe(0);
  expect(ordeal('export', 'h.edn.gz', '--format', 'edn').stdout).toBe(
    ordeal('export', 'latest', '--format', 'edn').stdout,
  );
  expect(ordeal('export', 'latest', '--to', 'h.csv')).toMatchObject({
    code: 254,
    stderr: expect.stringMatching(/say by its name what to write/),
  });
  expect(ordeal('export', 'latest', '--to', 'h.edn', '--format', 'jsonl').code).toBe(254);
  expect(ordeal('export', 'nothing')).toMatchObject({
    code: 254,
    stderr: expect.stringMatching(/there is no run "nothing"/),
  });
});

test('a reader that has seen enough ends an export quietly', () => {
  const many = Array.from(
    { length: 50_000 },
    (_, i) => `{"index":${i},"time":${i},"process":${i},"type":"invoke","f":"read","value":null}`,
  );
  const path = file('many.jsonl', many.join('\n'));
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-o', 'pipefail', '-c', '"$0" "$1" export "$2" | head -1', process.execPath, program, path],
    { cwd: scratch, encoding: 'utf8' },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${many[0]}\n`, stderr: '' });
});
