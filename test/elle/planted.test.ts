// Simulated databases: planted bugs are found under their own names, right databases are never accused.
import { describe, expect, test } from 'vitest';
import type { Bug } from './database.ts';
import { accusations, bugNames, foundInHundred, levels } from './judgements.ts';
import { compareWithJudge } from './soundness.ts';

describe('planted bugs', () => {
  test.each(Object.keys(bugNames) as Bug[])('%s', (bug) => {
    expect(foundInHundred(bug)).toBeGreaterThanOrEqual(bugNames[bug][1]);
  });
});

describe('right databases are not accused', () => {
  test.each(levels)('%s, 150 runs', (level) => {
    expect(accusations(level, 150)).toEqual([]);
  });
});

test('no verdict contradicts the judge who tries every order (2,000 histories)', () => {
  const tallies = compareWithJudge(0, 2000);
  expect(Object.values(tallies).flatMap((tally) => tally.wrong)).toEqual([]);
  // The histories have to be worth the while.
  expect(tallies['list-append']!.found).toBeGreaterThan(100);
  expect(tallies['rw-register']!.found).toBeGreaterThan(20);
});
