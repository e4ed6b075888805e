// Planted bugs: registers that are wrong in a known way are found, the same register without the bug passes.
import { describe, expect, test } from 'vitest';
import { fork, Random, rngOf } from '../../src/base/random.ts';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import { models } from '../../src/checker/linear/models.ts';
import { type Bug, simulate } from './register-world.ts';

/** How many of twenty seeds expose the bug. */
const exposed = (bug: Bug): number => {
  let found = 0;
  for (let seed = 0; seed < 20; seed++) {
    const history = simulate({
      random: new Random(fork(rngOf(seed), bug)),
      bug,
      operations: 300,
      threads: 5,
    });
    const verdict = checkLinearizable(history, { model: models.casRegister(null) });
    expect(verdict.valid).not.toBe('unknown');
    if (verdict.valid === false) found++;
  }
  return found;
};

describe('a simulated register', () => {
  test('without a bug is linearizable, whatever the seed', () => expect(exposed('none')).toBe(0));
  test('that reads from a lagging replica is found', () =>
    expect(exposed('stale-reads')).toBeGreaterThan(15));
  test('whose compare-and-set forgets to compare is found', () =>
    expect(exposed('lost-cas')).toBeGreaterThan(15));
  test('that forgets an acknowledged write is found', () =>
    expect(exposed('lost-write')).toBeGreaterThan(15));
  test('that applies a refused write is found', () =>
    expect(exposed('dirty-fail')).toBeGreaterThan(15));
});
