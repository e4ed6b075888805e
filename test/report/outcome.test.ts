// The verdict in a word and a sentence.
import { expect, test } from 'vitest';
import type { RunResult } from '../../src/contract/events.ts';
import { outcomeOf, witnessIn } from '../../src/report/outcome.ts';
import { sampleResult, sampleWitness } from './sample-run.ts';

const said = (changes: Partial<RunResult>) => {
  const { word, tone, why } = outcomeOf(sampleResult(changes));
  return `${word} (${tone}): ${why}`;
};
const good = { linearizable: { valid: true }, stats: { valid: true } } as const;

test('every ending has its word and a sentence', () => {
  expect([
    said({ valid: true, exitCode: 0, checkers: good }),
    said({ valid: true, exitCode: 0, checkers: { linearizable: { valid: true } } }),
    said({}),
    said({ checkers: { bank: { valid: false, total: 99 } } }),
    said({ reason: 'n3: connection lost' }),
    said({
      valid: 'unknown',
      exitCode: 2,
      checkers: { stats: { valid: 'unknown', reason: 'no read ever succeeded' } },
    }),
    said({ valid: 'unknown', exitCode: 2, checkers: {} }),
    said({ valid: true, exitCode: 3, checkers: good, reason: 'clock offset above 60 s' }),
    said({ valid: true, exitCode: 4, checkers: good, reason: 'n3 cannot be reached.' }),
    said({ exitCode: 5, healed: false, reason: 'n2 still drops packets' }),
    said({ valid: true, exitCode: 130, checkers: good, reason: 'interrupted, and healed' }),
    said({ valid: true, exitCode: 255, checkers: good, reason: 'assertion failed' }),
  ]).toMatchInlineSnapshot(`
    [
      "VALID (good): No violation found by linearizable and stats.",
      "VALID (good): No violation found by linearizable.",
      "INVALID (bad): Stale read of key 3: process 4 read 17 after process 1 had overwritten it with 42.",
      "INVALID (bad): Bank found a violation.",
      "INVALID (bad): Stale read of key 3: process 4 read 17 after process 1 had overwritten it with 42. Besides: n3: connection lost.",
      "UNKNOWN (unsure): No read ever succeeded.",
      "UNKNOWN (unsure): No checker gave a verdict.",
      "ABORTED (unsure): Clock offset above 60 s.",
      "INFRASTRUCTURE (unsure): n3 cannot be reached.",
      "NOT HEALED (bad): n2 still drops packets. Also invalid: Stale read of key 3: process 4 read 17 after process 1 had overwritten it with 42.",
      "INTERRUPTED (unsure): Interrupted, and healed.",
      "CRASHED (unsure): Assertion failed.",
    ]
  `);
  expect(outcomeOf(undefined)).toMatchObject({ word: 'NO VERDICT', tone: 'unsure' });
});

test('hostile reasons stay one harmless line', () => {
  expect(said({ exitCode: 4, reason: 'a\u202eb\n\u001b[2J' })).toContain('a\\u202eb⏎\\u001b[2J');
});

test('a witness is found wherever it stands, and nothing else is taken for one', () => {
  expect(witnessIn({ valid: false, results: { a: [{ deep: { witness: sampleWitness } }] } })).toBe(
    sampleWitness,
  );
  expect(witnessIn({ valid: false, witness: { title: 'half' } })).toBeUndefined();
  const wide = Array.from({ length: 200_000 }, (_, i) => ({ i }));
  expect(witnessIn({ valid: false, wide, witness: sampleWitness })).toBe(sampleWitness);
});
