// A stored run of every format version stays readable: `test/golden/run-v<version>`.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { History } from '../../src/history/history.ts';
import { lint } from '../../src/history/lint.ts';
import { openRun, readFaults, readHistory } from '../../src/store/reading.ts';
import { readTest, readVerdict } from '../../src/store/records.ts';
import { formatVersion } from '../../src/store/versions.ts';

const golden = join(import.meta.dirname, '../golden');
const versions = Array.from({ length: formatVersion }, (_, i) => `run-v${i + 1}`);

test.each(versions)('%s is read whole', async (folder) => {
  const run = await openRun(folder, golden);
  expect(await readTest(run)).toMatchObject({
    version: formatVersion,
    name: 'register',
    seed: 42,
    options: { 'serializable-reads': true },
  });
  const ops = await readHistory(run);
  expect(lint(ops)).toEqual([]);
  const history = History.from(ops);
  expect(history.op(8).value).toBe(9007199254740993n);
  expect(history.op(9)).toMatchObject({
    type: 'info',
    error: ['timeout', 'no answer within 5000 ms'],
    node: 'n3',
  });
  expect([4, 14, 7, 16].map((position) => history.completionOf(position))).toEqual([5, 15, 9, -1]);
  expect((await readFaults(run)).map(({ type }) => type)).toEqual([
    'run',
    'planned',
    'injected',
    'verified',
    'healed',
  ]);
  expect(await readVerdict(run)).toMatchObject({
    valid: false,
    exitCode: 1,
    healed: true,
    checkers: { linearizable: { valid: false }, stats: { valid: 'unknown' } },
  });
});
