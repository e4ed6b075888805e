// Reports from real run folders, whole and broken.
import { appendFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadRun } from '../../src/report/load.ts';
import { writeReports } from '../../src/report/write-reports.ts';
import { openJournal } from '../../src/store/journal.ts';
import { appendLedger } from '../../src/store/ledger.ts';
import { writeTest, writeVerdict } from '../../src/store/records.ts';
import { createRun, nodeFolder, type Run } from '../../src/store/run-folder.ts';
import { sampleHistory, sampleLedger, sampleResult, sampleTest } from './sample-run.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ordeal-reports-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const makeRun = async (): Promise<Run> => {
  const run = await createRun({ root, name: 'register', seed: 42 });
  await writeTest(run, sampleTest());
  const journal = openJournal(run);
  for (const op of sampleHistory(300, 20)) journal.append(op);
  await journal.close();
  for (const entry of sampleLedger(16)) await appendLedger(run, entry);
  return run;
};

test('a finished run', async () => {
  const run = await makeRun();
  await writeVerdict(run, sampleResult());
  const log = join(await nodeFolder(run, 'n1'), 'var/log/etcd.log');
  await mkdir(join(log, '..'), { recursive: true });
  await writeFile(log, 'a line\n'.repeat(20_000));
  await symlink('/etc/passwd', join(log, '../passwd'));
  const { report, junit, summary } = await writeReports(run.folder);
  expect(await readFile(report, 'utf8')).toContain('<span>INVALID</span>');
  expect(await readFile(junit, 'utf8')).toContain('failures="1"');
  expect(summary.faults).toMatchObject({ injected: 1, verified: 1, healed: 1 });
  const { logs, unread } = await loadRun(run.folder);
  expect(unread).toEqual([]);
  expect(logs).toMatchObject([{ node: 'n1', file: 'var/log/etcd.log', bytes: 140_000 }]);
  expect(logs[0]?.tail).toMatch(/^a line\n/);
  expect(logs[0]?.tail.length).toBeLessThan(50_000);
});

test('a run that was killed: no verdict, a torn last line', async () => {
  const run = await makeRun();
  await appendFile(run.historyFile, '{"index":9999,"ti');
  const { report, junit, summary } = await writeReports(run.folder);
  expect(await readFile(report, 'utf8')).toContain('<span>NO VERDICT</span>');
  expect(await readFile(junit, 'utf8')).toContain('type="no-verdict"');
  expect(summary.operations.ok).toBeGreaterThan(100);
});

test('a run that never began: nothing but test.json', async () => {
  const run = await createRun({ root, name: 'empty', seed: 1 });
  await writeTest(run, sampleTest());
  const { report } = await writeReports(run.folder);
  expect(await readFile(report, 'utf8')).toContain('There is no operation to draw.');
});

test('a history that cannot be read costs only itself', async () => {
  const run = await makeRun();
  await writeFile(run.historyFile, 'nonsense\n{"index":0}\n');
  await writeVerdict(run, sampleResult());
  const { report } = await writeReports(run.folder);
  expect(await readFile(report, 'utf8')).toMatch(/class="caution"><bdi>[^<]*history\.jsonl:1/);
});

test('a folder that is no run is a usage error', async () => {
  await expect(writeReports(join(root, 'nothing'))).rejects.toMatchObject({ code: 'usage' });
});
