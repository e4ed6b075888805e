// Judging keys on several threads finds exactly what one thread finds.
import { expect, test } from 'vitest';
import { Random, rngOf } from '../../src/base/random.ts';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import { models } from '../../src/checker/linear/models.ts';
import { checkInParallel } from '../../src/cli/parallel-check.ts';
import { History } from '../../src/history/history.ts';
import { type Bug, simulate } from './register-world.ts';

const historyOf = (keys: number, bug: Bug): History => {
  const random = new Random(rngOf(5));
  const ops = Array.from({ length: keys }, (_, key) =>
    simulate({ operations: 40, threads: 4, values: 3, bug, key, random }).map((op) => ({
      ...op,
      process: Number(op.process) + key * 1000,
    })),
  ).flat();
  return History.from(ops.map((op, index) => ({ ...op, index, time: index * 1e6 })));
};

test.each(['none', 'stale-reads', 'lost-cas'] as const)('with the bug %s', async (bug) => {
  const history = historyOf(12, bug);
  const model = { name: 'cas-register', initial: 'null' };
  const alone = checkLinearizable(history, { model: models.casRegister(null) });
  const together = await checkInParallel(history, { model, threads: 2, operationsMin: 0 });
  expect(alone.engine).toContain('wgl');
  expect(alone.valid).toBe(bug === 'none');
  expect(together).toEqual(alone);
});

test('operations that the model does not know are unknown, and say so', async () => {
  const history = historyOf(2, 'none');
  const verdict = await checkInParallel(history, { model: { name: 'set', initial: undefined } });
  expect(verdict.valid).toBe('unknown');
  expect(verdict.error).toContain('the model knows add');
});
