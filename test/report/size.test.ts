// Large runs: the file stays small, and what is thinned out keeps its extremes.
import { describe, expect, test } from 'vitest';
import type { Op } from '../../src/history/op.ts';
import { embeddedMost, pageDataOf } from '../../src/report/columns.ts';
import { modelOf } from '../../src/report/model.ts';
import { pageOf } from '../../src/report/page/page.ts';
import { sampleHistory, sampleRun } from './sample-run.ts';

test('100,000 operations make a file below 5 MB', () => {
  const history = sampleHistory(160_000, 300);
  const model = modelOf(sampleRun({ history }));
  expect(model.operations.length).toBeGreaterThan(100_000);
  expect(pageOf(model).length).toBeLessThan(5_000_000);
});

/** Operations of one process, a millisecond each, but for one that took ten seconds. */
const longHistory = (operations: number): Op[] =>
  Array.from({ length: operations }, (_, i) => {
    const common = { process: 0, f: 'read', value: 1 };
    const slow = i === 777 ? 1e10 : 1e6;
    const after = i > 777 ? 1e10 : 0;
    return [
      { ...common, index: 2 * i, time: i * 2e6 + after, type: 'invoke' as const },
      { ...common, index: 2 * i + 1, time: i * 2e6 + after + slow, type: 'ok' as const },
    ];
  }).flat();

describe('more operations than are embedded', () => {
  const operations = embeddedMost * 2;
  const data = pageDataOf(modelOf(sampleRun({ history: longHistory(operations), ledger: [] })));
  test('are thinned out, and the page says how many there were', () => {
    expect(data.operations.total).toBe(operations);
    expect(data.operations.starts.length).toBeLessThan(embeddedMost);
    expect(data.operations.types.length).toBe(data.operations.starts.length);
    expect(data.operations.labels.split('\n').length).toBe(data.operations.starts.length);
  });
  test('keep their extremes, and rates count all of them', () => {
    expect(Math.max(...data.operations.latencies)).toBe(1e7);
    const counted = data.rates.ok.reduce((a, b) => a + b, 0) * (data.rates.width / 1e9);
    expect(Math.round(counted)).toBe(operations);
  });
});
