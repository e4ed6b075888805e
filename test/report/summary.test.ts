// The last words in the console, whole.
import { expect, test } from 'vitest';
import { modelOf } from '../../src/report/model.ts';
import { coloured } from '../../src/report/paint.ts';
import { summaryLines, summaryOf } from '../../src/report/summary.ts';
import { sampleResult, sampleRun } from './sample-run.ts';

const report = 'results/register/20260314T092653589Z-42/report.html';
const linesOf = (changes: Parameters<typeof sampleRun>[0]): string =>
  summaryLines(summaryOf(modelOf(sampleRun(changes)), report)).join('\n');

test('invalid', () =>
  expect(linesOf({})).toMatchInlineSnapshot(`
    "✗ INVALID  Stale read of key 3: process 4 read 17 after process 1 had overwritten it with 42.
      Process 0 wrote 17 (6.102 s to 6.109 s).
      Process 1 compared 17 and set 42, and was told that it succeeded (7.310 s to 7.318 s).
      Process 7 wrote 8, and never learned whether it happened.
      Process 4 then read 17 (7.902 s to 7.904 s), although 42 had replaced it 584 ms before.
    linearizable  ✗ invalid
    stats         ✓ valid
    operations    8,226: 7,350 ok, 833 fail, 43 info (89.4 % ok)
    faults        5 injected, 4 proven in effect, 5 proven healed
    report        results/register/20260314T092653589Z-42/report.html
    repeat        ordeal test register --system etcd --nemesis partition --time-limit 60 --serializable-reads --seed 42"
  `));

test('valid', () => {
  const checkers = { linearizable: { valid: true }, stats: { valid: true } } as const;
  expect(
    linesOf({ result: sampleResult({ valid: true, exitCode: 0, checkers }) }),
  ).toMatchInlineSnapshot(`
    "✓ VALID  No violation found by linearizable and stats.
    linearizable  ✓ valid
    stats         ✓ valid
    operations    8,226: 7,350 ok, 833 fail, 43 info (89.4 % ok)
    faults        5 injected, 4 proven in effect, 5 proven healed
    report        results/register/20260314T092653589Z-42/report.html
    repeat        ordeal test register --system etcd --nemesis partition --time-limit 60 --serializable-reads --seed 42"
  `);
});

test('not healed, nothing done', () => {
  const result = sampleResult({
    valid: 'unknown',
    exitCode: 5,
    healed: false,
    reason: 'n2 still drops what n1 sends',
    checkers: { stats: { valid: 'unknown', reason: 'no operation succeeded' } },
  });
  expect(linesOf({ result, history: [], ledger: [] })).toMatchInlineSnapshot(`
    "! NOT HEALED  n2 still drops what n1 sends.
    stats       ? unknown  no operation succeeded
    operations  none
    faults      none
    report      results/register/20260314T092653589Z-42/report.html
    repeat      ordeal test register --system etcd --nemesis partition --time-limit 60 --serializable-reads --seed 42"
  `);
});

test('never more than fifteen lines, the last one the command', () => {
  const checkers = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [
      `checker-${i}`,
      {
        valid: false,
        witness: { title: 'x\n'.repeat(90), words: Array(50).fill('w\n'), ops: [] },
      } as const,
    ]),
  );
  const lines = linesOf({ result: sampleResult({ checkers }) }).split('\n');
  expect(lines.length).toBeLessThanOrEqual(15);
  expect(lines.at(-1)).toMatch(/^repeat +ordeal test register .* --seed 42$/);
  expect(lines.at(-2)).toContain(report);
});

test('colour changes nothing but colour', () => {
  const data = summaryOf(modelOf(sampleRun()), report);
  const [plainText, colouredText] = [summaryLines(data), summaryLines(data, coloured)].map((l) =>
    l.join('\n'),
  );
  expect(colouredText).not.toBe(plainText);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are what it removes
  expect(colouredText?.replace(/\u001b\[\d+m/g, '')).toBe(plainText);
});
