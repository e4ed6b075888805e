// What the report says of the times of a run, and of what its seed fixes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunTiming } from '../../src/contract/timing.ts';
import { modelOf } from '../../src/report/model.ts';
import { meaningPart } from '../../src/report/page/meaning-part.ts';
import { readTest, writeTest } from '../../src/store/records.ts';
import { createRun } from '../../src/store/run-folder.ts';
import { sampleRun, sampleTest } from './sample-run.ts';

const timing: RunTiming = {
  invocations: 12_000,
  lagMaxMs: 41.6,
  lagP99Ms: 1.94,
  lateInvocations: 7,
  lateMaxMs: 33,
  lateAfterMs: 10,
  strays: 0,
};
const page = (changes: Partial<RunTiming>): string => {
  const run = sampleRun({ test: sampleTest({ timing: { ...timing, ...changes } }) });
  return JSON.stringify(meaningPart(modelOf(run)));
};

test('says how late the controller was, and what the seed fixes', () => {
  const html = page({});
  expect(html).toContain('1.9 ms in 99 of 100 looks at most, 42 ms at worst');
  expect(html).toContain('7 of 12,000 began more than 10 ms after their time');
  expect(html).toContain('Seed 42 fixes everything the tool chooses');
  expect(html).toContain('On a real cluster it does not fix how operations interleave');
  expect(html).not.toContain('distorted');
  expect(html).not.toContain('Stray errors');
});

test('says when the times are distorted, and when clients threw outside of their operations', () => {
  const html = page({ lagP99Ms: 85, strays: 3 });
  expect(html).toContain('distorted');
  expect(html).toContain('1 look in 100 at answers came more than 85 ms late');
  expect(html).toContain('3 thrown outside of any operation');
});

test('runs of before are shown without', () => {
  const html = JSON.stringify(meaningPart(modelOf(sampleRun())));
  expect(html).not.toContain('Lag of the controller');
  expect(html).toContain('Seed 42 fixes');
});

test('the figures are stored with the run', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ordeal-times-'));
  try {
    const run = await createRun({ root, name: 'times', seed: 1 });
    await writeTest(run, sampleTest({ timing }));
    expect((await readTest(run)).timing).toEqual(timing);
  } finally {
    await rm(root, { recursive: true });
  }
});
