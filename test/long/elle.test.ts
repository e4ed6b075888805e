// The long runs of elle-js-bridge: 50,000 histories beside the judge, 10,000 runs of each right database.
import { expect, test } from 'vitest';
import { accusations, levels } from '../elle/judgements.ts';
import { compareWithJudge } from '../elle/soundness.ts';

test('50,000 histories beside the judge who tries every order', () => {
  const tallies = compareWithJudge(0, 50_000);
  for (const [name, { asked, found, missed }] of Object.entries(tallies))
    process.stdout.write(
      `${name}: ${asked} verdicts, ${found} violations found, ${missed} missed\n`,
    );
  expect(Object.values(tallies).flatMap((tally) => tally.wrong)).toEqual([]);
});

test.each(levels)('a right %s database is not accused in 10,000 runs', (level) => {
  expect(accusations(level, 10_000)).toEqual([]);
});
