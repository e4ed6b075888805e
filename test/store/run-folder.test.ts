// Making run folders, finding and listing them, and the records in them.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { RunResult } from '../../src/contract/events.ts';
import type { LedgerEntry } from '../../src/contract/faults.ts';
import type { TestRecord } from '../../src/contract/test-record.ts';
import { stringifyOp } from '../../src/history/codec.ts';
import { appendLedger } from '../../src/store/ledger.ts';
import { openLog } from '../../src/store/log.ts';
import { listRuns, openRun, readFaults, readHistory } from '../../src/store/reading.ts';
import { readTest, readVerdict, writeTest, writeVerdict } from '../../src/store/records.ts';
import { createRun, nodeFolder, type Run } from '../../src/store/run-folder.ts';
import { upgrade } from '../../src/store/versions.ts';
import { scratch, someOps } from './scratch.ts';

const startedAt = new Date('2025-11-20T09:51:33.120Z');
const newRun = (root: string, name = 'register', at = startedAt): Promise<Run> =>
  createRun({ root, name, seed: 42, startedAt: at });

const record: TestRecord = {
  version: 1,
  name: 'register',
  seed: 42,
  startedAt: startedAt.toISOString(),
  repeat: 'ordeal test register --seed 42',
  workload: 'register',
  nemeses: ['partition'],
  system: { name: 'etcd', version: '3.4.23' },
  cluster: { kind: 'netns', name: 'a' },
  nodes: [{ name: 'n1', address: '10.0.0.1' }],
  concurrency: 10,
  timeLimitSeconds: 30,
  options: { rate: 100, 'serializable-reads': false },
  bands: [{ name: 'partition', start: ['cut'], stop: ['heal'] }],
  environment: { ordeal: '0.1.0', node: '24', kernel: '6.18', cpus: 2, memoryMiB: 7000 },
};
const result: RunResult = {
  valid: false,
  exitCode: 1,
  checkers: { linearizable: { valid: false, lost: [12345678901234567890n, 1e20, 3] } },
  healed: true,
};

test('a run folder is named by time and seed, without colons, and latest points at it', async () => {
  const root = scratch();
  const first = await newRun(root);
  expect(first.folder).toBe(join(root, 'register', '20251120T095133.120Z-42'));
  const other = await newRun(root, 'set');
  expect(readlinkSync(join(root, 'latest'))).toBe('set/20251120T095133.120Z-42');
  expect(readlinkSync(join(root, 'register', 'latest'))).toBe('20251120T095133.120Z-42');
  expect(readdirSync(root).sort()).toEqual(['latest', 'register', 'set']);
  expect(readdirSync(other.folder)).toEqual([]);
});

test('runs of the same millisecond and seed do not collide, even when made at once', async () => {
  const root = scratch();
  const runs = await Promise.all(Array.from({ length: 8 }, () => newRun(root)));
  expect(new Set(runs.map((run) => run.folder)).size).toBe(8);
  expect(readdirSync(join(root, 'register')).filter((name) => name.includes('tmp'))).toEqual([]);
});

test.each(['', '..', 'a/b', 'latest', 'a b', '-x', 'a\n', 'x'.repeat(101)])(
  '%j cannot name a test',
  async (name) => {
    const root = scratch();
    await expect(createRun({ root, name, seed: 1 })).rejects.toMatchObject({ exitCode: 254 });
    expect(readdirSync(root)).toEqual([]);
  },
);

test('a results folder that cannot be written is one clear infrastructure error', async () => {
  const root = scratch();
  writeFileSync(join(root, 'file'), '');
  await expect(
    createRun({ root: join(root, 'file'), name: 'register', seed: 1 }),
  ).rejects.toMatchObject({
    code: 'results-not-writable',
    exitCode: 4,
    message: `cannot write ${root}/file/register: a part of the path is not a folder (ENOTDIR)`,
  });
  await expect(
    createRun({ root: '/proc/ordeal', name: 'register', seed: 1 }),
  ).rejects.toMatchObject({
    code: 'results-not-writable',
  });
});

test('runs are found by path, latest, test name, and name with id', async () => {
  const root = scratch();
  const old = await newRun(root, 'register', new Date(0));
  const run = await newRun(root);
  for (const { testFile } of [old, run]) writeFileSync(testFile, '{}');
  for (const which of ['latest', 'register', 'register/latest', `register/${run.id}`, run.folder]) {
    expect((await openRun(which, root)).folder).toBe(run.folder);
  }
  expect((await openRun('register/19700101T000000.000Z-42', root)).folder).toBe(old.folder);
  for (const which of ['set', 'register/nope', '']) {
    await expect(openRun(which, join(root, 'nowhere'))).rejects.toMatchObject({ exitCode: 254 });
  }
});

test('runs are listed newest first, with their verdicts where they have one', async () => {
  const root = scratch();
  expect(await listRuns(join(root, 'none'))).toEqual([]);
  const old = await newRun(root, 'zoo', new Date(0));
  const run = await newRun(root);
  const broken = await newRun(root, 'register', new Date(5000));
  for (const { historyFile } of [old, run, broken]) writeFileSync(historyFile, '');
  await writeVerdict(run, result);
  writeFileSync(broken.verdictFile, '{');
  mkdirSync(join(root, 'register', 'not-a-run'));
  const runs = await listRuns(root);
  expect(
    runs.map((one) => [one.run.name, one.run.folder === run.folder, one.verdict?.valid]),
  ).toEqual([
    ['register', true, false],
    ['register', false, undefined],
    ['zoo', false, undefined],
  ]);
});

test('test.json and verdict.json come back as they were', async () => {
  const run = await newRun(scratch());
  await writeTest(run, record);
  expect(await readTest(run)).toEqual(record);
  await expect(readVerdict(run)).rejects.toThrow(/there is no .*verdict.json/);
  await writeVerdict(run, result);
  await writeVerdict(run, result);
  expect(await readVerdict(run)).toEqual(result);
  expect(JSON.parse(readFileSync(run.verdictFile, 'utf8'))).toMatchObject({
    version: 1,
    valid: false,
    exitCode: 1,
  });
  expect(readdirSync(run.folder).sort()).toEqual(['test.json', 'verdict.json']);
});

test('what is not in the type of test.json is not written', async () => {
  const run = await newRun(scratch());
  const system = { ...record.system, password: 'hunter2' };
  await writeTest(run, { ...record, system, token: 'hunter2' } as TestRecord);
  expect(readFileSync(run.testFile, 'utf8')).not.toContain('hunter2');
  expect(await readTest(run)).toEqual(record);
});

test('evidence that cannot be written costs only itself, never the verdict', async () => {
  const run = await newRun(scratch());
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  await writeVerdict(run, {
    ...result,
    checkers: {
      a: { valid: true, cyclic },
      b: { valid: false, seen: new Set([1]) },
      c: { valid: 'unknown', at: 1 },
    },
  });
  expect((await readVerdict(run)).checkers).toEqual({
    a: { valid: true, lost: expect.stringMatching(/nest deeper than 500/) },
    b: { valid: false, lost: 'the evidence could not be written: a Set cannot be written as JSON' },
    c: { valid: 'unknown', at: 1 },
  });
});

test('broken, newer and misshapen records are refused with path and field', async () => {
  const run = await newRun(scratch());
  const refused = async (text: string): Promise<string> => {
    writeFileSync(run.testFile, text);
    return readTest(run).then(
      () => 'accepted',
      (error: Error) => error.message.replace(run.folder, ''),
    );
  };
  expect(await refused('{"version":')).toMatch(/^\/test.json: not JSON/);
  expect(await refused('{"version":2}')).toBe(
    '/test.json has format version 2, this ordeal reads up to 1',
  );
  expect(await refused('{}')).toBe(
    '/test.json: version is undefined, expected a whole number from 1',
  );
  expect(await refused(JSON.stringify({ ...record, nodes: [{ name: 'n1' }] }))).toMatch(
    /^\/test.json: nodes.0.address: /,
  );
});

test('older files are upgraded step by step', () => {
  const steps = {
    1: (raw: object) => ({ ...raw, b: 'from 1' }),
    2: (raw: object) => ({ ...raw, c: 'from 2' }),
  };
  expect(upgrade({ version: 1, a: 0 }, 'f', { steps, to: 3 })).toEqual({
    version: 3,
    a: 0,
    b: 'from 1',
    c: 'from 2',
  });
  expect(upgrade({ version: 2 }, 'f', { steps, to: 3 })).toEqual({ version: 3, c: 'from 2' });
  expect(() => upgrade({ version: 3 }, 'f', { steps, to: 5 })).toThrow(
    'f: no way from format version 3 to 4',
  );
});

const entries: LedgerEntry[] = [
  { type: 'run', version: 1, run: 'r', cluster: { kind: 'netns', name: 'a' }, nodes: ['n1'] },
  {
    type: 'planned',
    id: 'f1',
    time: 5,
    plan: {
      fault: { kind: 'cut', grudge: { n1: ['n2'] } },
      nodes: { n1: { inject: [{ argv: ['iptables'], stdin: 'x' }], heal: [] } },
    },
  },
  { type: 'injected', id: 'f1', time: 6, tookMs: 1.5 },
  { type: 'verified', id: 'f1', time: 7, proof: { holds: true, says: 'cut', detail: [1] } },
  { type: 'failed', id: 'f1', time: 8, message: 'no' },
  {
    type: 'healed',
    id: 'f1',
    time: 9,
    by: 'command',
    proof: { holds: undefined, says: 'unreachable' },
  },
];

test('the ledger keeps every entry in order', async () => {
  const run = await newRun(scratch());
  expect(await readFaults(run)).toEqual([]);
  for (const entry of entries) await appendLedger(run, entry);
  expect(await readFaults(run)).toEqual(entries);
});

test('half a ledger line of a killed writer hurts neither the next entry nor reading', async () => {
  const run = await newRun(scratch());
  const [first, second] = entries as [LedgerEntry, LedgerEntry];
  await appendLedger(run, first);
  writeFileSync(run.faultsFile, '{"type":"planned","id":"f1","ti', { flag: 'a' });
  expect(await readFaults(run)).toEqual([first]);
  await appendLedger(run, second);
  expect(await readFaults(run)).toEqual([first, second]);
});

test('a ledger entry of the wrong shape is an error with its line', async () => {
  const run = await newRun(scratch());
  await appendLedger(run, entries[0]!);
  await appendLedger(run, { type: 'healed', id: 'f1', time: 1 } as LedgerEntry);
  await expect(readFaults(run)).rejects.toThrow(`${run.faultsFile}:2: `);
});

test('histories are read plain and compressed, from runs and files', async () => {
  const run = await newRun(scratch());
  const ops = someOps(3000).map((op) => ({ ...op, note: 'ä€😀'.repeat(200) })); // lines across chunks
  const text = Buffer.from(ops.map((op) => `${stringifyOp(op)}\n`).join(''));
  for (const [suffix, bytes] of [
    ['', text],
    ['.zst', zstdCompressSync(text)],
    ['.gz', Buffer.concat([gzipSync(text.subarray(0, 70_000)), gzipSync(text.subarray(70_000))])],
  ] as const) {
    const path = join(run.folder, `copy.jsonl${suffix}`);
    writeFileSync(path, bytes);
    expect(await readHistory(path)).toEqual(ops);
  }
  await expect(readHistory(run)).rejects.toMatchObject({ exitCode: 254 });
  writeFileSync(`${run.historyFile}.zst`, zstdCompressSync(text));
  expect(await readHistory(run)).toHaveLength(3000);
});

test('broken histories are refused with path and line', async () => {
  const path = join(scratch(), 'h.jsonl');
  const lines = someOps(20_000).map((op) => Buffer.from(`${stringifyOp(op)}\n`));
  const refused = async (bytes: Buffer, file = path): Promise<string> => {
    writeFileSync(file, bytes);
    return readHistory(file).then(
      (ops) => `${ops.length} accepted`,
      (error: Error) => error.message.replace(path, 'h.jsonl'),
    );
  };
  const broken = lines.with(15_000, Buffer.from('{"index":15000,\n'));
  expect(await refused(Buffer.concat(broken))).toMatch(/^h.jsonl:15001: not JSON/);
  const garbled = lines.with(15_000, Buffer.from('{"f":"\xff"}\n', 'latin1'));
  expect(await refused(Buffer.concat(garbled))).toBe('h.jsonl:15001: not UTF-8 text');
  const torn = Buffer.concat([...lines, Buffer.from('{"f":"€').subarray(0, -1)]);
  expect(await refused(torn)).toBe('20000 accepted');
  const whole = Buffer.concat(lines);
  expect(await refused(gzipSync(whole).subarray(0, -20), `${path}.gz`)).toMatch(
    /^cannot read h.jsonl.gz: /,
  );
  expect(await refused(zstdCompressSync(whole).subarray(0, -20), `${path}.zst`)).toMatch(
    /^cannot read h.jsonl.zst: /,
  );
});

test("the log and the nodes' folders", async () => {
  const run = await newRun(scratch());
  const log = openLog(run);
  log.write({ message: 'up', node: 'n1', at: startedAt.toISOString() });
  log.write({ message: 'slow', level: 'warning' });
  await log.close();
  const lines = readFileSync(run.logFile, 'utf8').trim().split('\n');
  expect(lines[0]).toBe(
    '{"at":"2025-11-20T09:51:33.120Z","level":"info","message":"up","node":"n1"}',
  );
  expect(JSON.parse(lines[1]!)).toMatchObject({ level: 'warning', message: 'slow' });
  expect(existsSync(await nodeFolder(run, 'n1'))).toBe(true);
  await expect(nodeFolder(run, '../n1')).rejects.toMatchObject({ exitCode: 254 });
});
