// Workloads `list-append` and `rw-register`: planted bugs are found under their names, right databases are cleared.
import { describe, expect, test } from 'vitest';
import { rngOf } from '../../src/base/random.ts';
import type { Verdict } from '../../src/checker/verdict.ts';
import type { Witness } from '../../src/checker/witness.ts';
import type { Workload, WorkloadContext } from '../../src/contract/workload.ts';
import type { Op } from '../../src/history/op.ts';
import { workload as listAppend } from '../../workloads/list-append.ts';
import { workload as rwRegister } from '../../workloads/rw-register.ts';
import { type Database, playTransactions } from './transaction-world.ts';

const contextOf = (options: WorkloadContext['options'] = {}): WorkloadContext => ({
  nodes: ['n1'],
  concurrency: 8,
  options,
});

type Case = {
  readonly workload: Workload;
  readonly database: Database;
  readonly seed?: number;
  readonly troubles?: number;
  readonly options?: WorkloadContext['options'];
};

const historyOf = ({ workload, database, seed = 1, troubles = 4, options }: Case): readonly Op[] =>
  playTransactions({
    gen: workload.generator(contextOf(options)),
    database,
    threads: 8,
    rng: rngOf(seed),
    operations: 800,
    troubles,
  });

const verdictOf = async (
  { workload, options }: Case,
  history: readonly Op[],
  models = 'strict-serializable',
): Promise<Verdict & { readonly anomalyTypes: readonly string[]; readonly witness?: Witness }> => {
  const context = contextOf({ ...options, 'consistency-models': models });
  const verdict = await workload.checkers(context).isolation?.(history);
  return verdict as never;
};

const seeds = [1, 2, 3, 4, 5];
const linear = { 'linearizable-keys': true };

describe.each([
  ['list-append', listAppend, {}],
  ['rw-register', rwRegister, linear],
] as const)('%s', (_, workload, options) => {
  test.each(seeds)(
    'a right database is never accused, whatever fails or stays unknown (%i)',
    async (seed) => {
      const each: Case = { workload, database: 'strict', seed, options };
      const { valid } = await verdictOf(each, historyOf(each));
      expect(valid).toBe(true);
    },
  );

  test.each(seeds)(
    'stale reads break strict serializability, and nothing weaker (%i)',
    async (seed) => {
      const each: Case = { workload, database: 'stale', seed };
      const history = historyOf(each);
      expect((await verdictOf({ ...each, options }, history)).valid).toBe(false);
      expect((await verdictOf(each, history, 'read-committed')).valid).toBe(true);
    },
  );

  test.each(seeds)('fractured reads are found (%i)', async (seed) => {
    const each: Case = { workload, database: 'fractured', seed, options };
    const { valid, witness } = await verdictOf(each, historyOf(each));
    expect(valid).toBe(false);
    expect(witness?.words.length).toBeGreaterThan(1);
  });

  test.each(seeds)('reads of what failed are found (%i)', async (seed) => {
    const each: Case = { workload, database: 'dirty', seed, troubles: 10, options };
    const { anomalyTypes, witness } = await verdictOf(each, historyOf(each));
    expect(anomalyTypes).toContain('G1a');
    expect(witness?.title).toContain('(G1a)');
  });

  test('the same seed gives the same operations', () => {
    const each: Case = { workload, database: 'strict', seed: 7 };
    expect(historyOf(each)).toEqual(historyOf(each));
    expect(historyOf(each)).not.toEqual(historyOf({ ...each, seed: 8 }));
  });

  test('lengths that exclude one another, and unknown models, are refused in one line', () => {
    const generate = (own: WorkloadContext['options']) => () => workload.generator(contextOf(own));
    expect(generate({ 'min-txn-length': 5 })).toThrow(
      '--min-txn-length 5 is above --max-txn-length 4',
    );
    expect(generate({ 'consistency-models': 'seralizable' })).toThrow(
      "unknown consistency model 'seralizable'",
    );
    expect(generate({ 'consistency-models': ' , ' })).toThrow('names none');
  });
});

describe('list-append alone', () => {
  test.each(seeds)(
    'a snapshot database has write skew, and is a snapshot database (%i)',
    async (seed) => {
      const each: Case = { workload: listAppend, database: 'snapshot', seed };
      const history = historyOf(each);
      const { anomalyTypes } = await verdictOf(each, history);
      expect(anomalyTypes).toContain('G2-item');
      expect(anomalyTypes.filter((type) => !type.startsWith('G2-item'))).toEqual([]);
      expect((await verdictOf(each, history, 'snapshot-isolation')).valid).toBe(true);
    },
  );

  test('stale reads are serializable still', async () => {
    const each: Case = { workload: listAppend, database: 'stale' };
    const history = historyOf(each);
    expect((await verdictOf(each, history, 'serializable')).valid).toBe(true);
    const { anomalyTypes } = await verdictOf(each, history);
    expect(anomalyTypes.every((type) => /-(realtime|process)$/.test(type))).toBe(true);
  });

  test('the witness names operations of the history, in order of time', async () => {
    const each: Case = { workload: listAppend, database: 'snapshot' };
    const history = historyOf(each);
    const { witness } = await verdictOf(each, history);
    expect(witness?.title).toMatch(/^not .*write skew.*\(G2-item\)$/);
    const ops = witness?.ops ?? [];
    expect(ops.length).toBeGreaterThan(1);
    expect(ops.map(({ start }) => start)).toEqual(
      ops.map(({ start }) => start).toSorted((a, b) => a - b),
    );
    for (const { index, value, process, start } of ops)
      expect(history[index]).toMatchObject({ type: 'invoke', value, process, time: start });
    expect(witness?.words.at(-1)).toBe('So each of them would have to come before itself.');
  });

  test('a history without a transaction that succeeded proves nothing', async () => {
    const each: Case = { workload: listAppend, database: 'strict', troubles: 60 };
    const history = historyOf({ ...each, troubles: 100 });
    const { valid } = await verdictOf(each, history);
    expect(valid).toBe('unknown');
  });

  test('verdicts are data, kept small', async () => {
    const each: Case = { workload: listAppend, database: 'fractured' };
    const verdict = await verdictOf(each, historyOf(each));
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
    for (const list of Object.values(verdict['anomalies'] as Record<string, unknown[]>))
      expect(list.length).toBeLessThanOrEqual(8);
  });
});
