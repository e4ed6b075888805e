// The stats checker and composition: what proves nothing is unknown, and one checker's fall costs the others nothing.
import { expect, test } from 'vitest';
import { compose } from '../../src/checker/compose.ts';
import { stats } from '../../src/checker/stats.ts';
import type { Op } from '../../src/history/op.ts';

const op = (index: number, fields: Partial<Op>): Op => ({
  index,
  time: index,
  process: 0,
  type: 'invoke',
  f: 'read',
  value: null,
  ...fields,
});

test('counts client operations by kind and outcome, and leaves the nemesis out', async () => {
  const history = [
    op(0, {}),
    op(1, { type: 'ok', value: 3 }),
    op(2, { f: 'write', value: 1 }),
    op(3, { f: 'write', value: 1, type: 'ok' }),
    op(4, { f: 'start-partition', process: 'nemesis', type: 'info' }),
    op(5, { f: 'write', value: 2 }),
    op(6, { f: 'write', value: 2, type: 'info' }),
    op(7, { process: 1 }),
  ];
  expect(await stats()(history)).toEqual({
    valid: true,
    counts: { invoked: 4, ok: 2, fail: 0, info: 1, open: 1 },
    byF: {
      read: { invoked: 2, ok: 1, fail: 0, info: 0, open: 1 },
      write: { invoked: 2, ok: 1, fail: 0, info: 1, open: 0 },
    },
  });
});

test('a kind of operation that never succeeded makes the run unknown, and is named', async () => {
  const history = [
    op(0, {}),
    op(1, { type: 'ok' }),
    op(2, { f: 'cas' }),
    op(3, { f: 'cas', type: 'fail' }),
  ];
  expect(await stats()(history)).toMatchObject({
    valid: 'unknown',
    neverOk: ['cas'],
    reason: 'never succeeded: cas',
  });
});

test('a run without one success is unknown, also an empty one', async () => {
  expect(await stats()([])).toMatchObject({ valid: 'unknown', reason: 'no operation succeeded' });
  expect(await stats()([op(0, {}), op(1, { type: 'fail' })])).toMatchObject({ valid: 'unknown' });
});

test('a checker that throws is unknown, the others are heard', async () => {
  const verdicts = await compose({
    broken: () => {
      throw new Error('boom');
    },
    late: () => Promise.reject(new Error('later')),
    good: () => ({ valid: true }),
    bad: () => ({ valid: false }),
  })([]);
  expect(Object.keys(verdicts)).toEqual(['broken', 'late', 'good', 'bad']);
  expect(verdicts).toMatchObject({
    broken: { valid: 'unknown', error: 'boom' },
    late: { valid: 'unknown', error: 'later' },
    good: { valid: true },
    bad: { valid: false },
  });
});
