// The bridge to the JVM's Elle, with a small program in the JVM's place; and the comparison of two answers.
import { join } from 'node:path';
import { type CheckOptions, check, compare, type TxnOp } from 'elle-js-bridge';
import { describe, expect, test } from 'vitest';

const java = join(import.meta.dirname, 'fixtures/java.mjs');
const list: CheckOptions = { workload: 'list-append' };
const stale: TxnOp[] = [
  { index: 0, time: 0, process: 0, type: 'invoke', f: 'txn', value: [['append', 'x', 1]] },
  { index: 1, time: 1, process: 0, type: 'ok', f: 'txn', value: [['append', 'x', 1]] },
  { index: 2, time: 2, process: 1, type: 'invoke', f: 'txn', value: [['r', 'x', null]] },
  { index: 3, time: 3, process: 1, type: 'ok', f: 'txn', value: [['r', 'x', null]] },
];

describe('backend: jvm', () => {
  test('history and options arrive as EDN', async () => {
    const options = {
      ...list,
      consistencyModels: ['serializable'],
      anomalies: ['G0'],
      wfrKeys: true,
      transactionOrder: { 1: 2 },
    };
    const result = await check(stale, { ...options, backend: 'jvm', jar: 'echo', java });
    expect(result.anomalies['echo']![0]).toEqual({
      ops: 4,
      first: {
        index: 0,
        time: 0,
        process: 0,
        type: 'invoke',
        f: 'txn',
        value: [['append', 'x', 1]],
      },
      asked: {
        workload: 'list-append',
        options: {
          'consistency-models': ['serializable'],
          anomalies: ['G0'],
          'wfr-keys?': true,
          'transaction-order': { '1': 2 },
        },
      },
    });
  });

  test('the answer comes back as a result', async () => {
    const result = await check(stale, { ...list, backend: 'jvm', jar: 'stale', java });
    expect(result).toMatchObject({
      valid: false,
      anomalyTypes: ['G-single-item-realtime'],
      not: ['strong-snapshot-isolation'],
      alsoNot: ['strong-serializable'],
    });
  });

  test.each([
    ['crash', 'jvm-failed', 'No transaction wrote'],
    ['garbage', 'jvm-answer', 'no map'],
  ])('%s is an error, not an exception', async (jar, code, message) => {
    const { valid, error } = await check(stale, { ...list, backend: 'jvm', jar, java });
    expect([valid, error?.code]).toEqual(['unknown', code]);
    expect(error?.message).toContain(message);
  });

  test('no JVM at all', async () => {
    const { error } = await check(stale, {
      ...list,
      backend: 'jvm',
      jar: 'x',
      java: '/nowhere/java',
    });
    expect(error?.code).toBe('jvm-failed');
  });
});

describe('compare', () => {
  test('equal answers have no differences', async () => {
    expect((await compare(stale, list, { jar: 'stale', java })).differences).toEqual([]);
  });

  test('the false cyclic versions of linearizable keys are explained', async () => {
    const ops: TxnOp[] = stale
      .map((op) => ({ ...op, value: [['w', 'x', 1]] as const }) as TxnOp)
      .slice(0, 2);
    const options: CheckOptions = {
      workload: 'rw-register',
      linearizableKeys: true,
      consistencyModels: null,
    };
    const { differences } = await compare(ops, options, { jar: 'cyclic', java });
    expect(differences.map(({ field }) => field)).toEqual(['valid', 'not', 'anomalyTypes']);
    for (const { explanation } of differences) expect(explanation).toContain('persistent map');
  });

  test('a difference nobody can explain has no explanation', async () => {
    const { differences } = await compare(stale, list, { jar: 'valid', java });
    expect(differences.find(({ field }) => field === 'valid')).toEqual({
      field: 'valid',
      ours: false,
      theirs: true,
    });
  });

  test('a crash of Elle is told as such', async () => {
    const { differences } = await compare(stale, list, { jar: 'crash', java });
    expect(differences[0]!.explanation).toContain('exception');
  });
});
