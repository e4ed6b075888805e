// Workload `register`: unique values, bounded keys, threads spread over the nodes; and it finds a stale replica.
import { describe, expect, test } from 'vitest';
import { rngOf } from '../../src/base/random.ts';
import type { WorkloadContext } from '../../src/contract/workload.ts';
import type { Op } from '../../src/history/op.ts';
import { workload } from '../../workloads/register.ts';
import { play, type Registers } from './play.ts';

const contextOf = (concurrency: number, options: WorkloadContext['options'] = {}) => ({
  nodes: ['n1', 'n2', 'n3', 'n4', 'n5'],
  concurrency,
  options,
});

const run = (context: WorkloadContext, registers: Registers, seed = 1): readonly Op[] =>
  play({
    gen: workload.generator(context),
    threads: context.concurrency,
    rng: rngOf(seed),
    operations: 1_000,
    registers,
  });

const verdictOf = (context: WorkloadContext, history: readonly Op[]) =>
  workload.checkers(context).linear?.(history);

const keysOf = (history: readonly Op[]): readonly (readonly Op[])[] => [
  ...Map.groupBy(history, ({ key }) => key).values(),
];
const invokes = (history: readonly Op[]): readonly Op[] =>
  history.filter(({ type }) => type === 'invoke');

const correct: Registers = { staleReads: () => false, outcome: () => 'ok' };

describe('the workload register', () => {
  test('every written value is new to its key, and every kind of operation succeeds', () => {
    const history = run(contextOf(10), correct);
    for (const ops of keysOf(invokes(history))) {
      const values = ops.flatMap(({ f, value }) =>
        f === 'write' ? [value] : f === 'cas' ? [(value as number[])[1]] : [],
      );
      expect(new Set(values).size).toBe(values.length);
    }
    for (const f of ['read', 'write', 'cas'])
      expect(history.filter((op) => op.f === f && op.type === 'ok').length).toBeGreaterThan(30);
  });

  test('a key has as many operations as asked, one key after another with two threads a node', () => {
    const history = run(contextOf(10, { 'ops-per-key': 50, keys: 0 }), correct);
    const sizes = keysOf(invokes(history)).map((ops) => ops.length);
    expect(sizes.slice(0, -1).every((size) => size === 50)).toBe(true);
    expect(sizes).toHaveLength(20);
  });

  test('each node is both read and written through, whatever the key', () => {
    const history = run(contextOf(20, { 'ops-per-key': 100 }), correct);
    for (const ops of keysOf(invokes(history)).slice(0, -2)) {
      const nodesOf = (reads: boolean) =>
        new Set(
          ops.filter(({ f }) => (f === 'read') === reads).map((op) => Number(op.process) % 5),
        );
      expect([nodesOf(true).size, nodesOf(false).size]).toEqual([5, 5]);
    }
  });

  const shapes: readonly (readonly [concurrency: number, keys: number, perKey: number])[] = [
    [10, 0, 10],
    [20, 0, 10],
    [25, 0, 25],
    [12, 0, 12],
    [3, 0, 3],
    [1, 0, 1],
    [10, 10, 1],
    [10, 5, 2],
  ];
  test.each(shapes)('%i threads, --keys %i: %i threads a key', (concurrency, keys, perKey) => {
    const history = run(contextOf(concurrency, { keys }), correct);
    const threads = new Set(
      (keysOf(invokes(history))[0] ?? []).map(({ process }) => Number(process) % concurrency),
    );
    expect(threads.size).toBe(perKey);
    expect(new Set(invokes(history).map(({ f }) => f))).toEqual(new Set(['read', 'write', 'cas']));
  });

  test('keys that do not divide the threads are refused in one line', () => {
    expect(() => workload.generator(contextOf(10, { keys: 3 }))).toThrow(
      '--keys 3 does not divide the concurrency of 10',
    );
  });

  test('a key ends early when too much of it is unknown', () => {
    const history = run(contextOf(10, { 'ops-per-key': 1_000 }), {
      ...correct,
      outcome: (op) => (op.f === 'read' ? 'fail' : 'info'),
    });
    for (const ops of keysOf(history))
      expect(ops.filter(({ type }) => type === 'info').length).toBeLessThanOrEqual(20);
  });

  test('a correct register is valid, also when writes are lost or unknown', async () => {
    const context = contextOf(10);
    const outcomes = ['ok', 'ok', 'ok', 'ok', 'ok', 'info', 'fail'] as const;
    for (let seed = 0; seed < 10; seed++) {
      const history = run(
        context,
        {
          ...correct,
          outcome: (op, random) => (op.f === 'read' ? 'ok' : random.pick(outcomes)),
        },
        seed,
      );
      expect((await verdictOf(context, history))?.valid).toBe(true);
    }
  });

  test('two of five nodes that answer from the past are found out', async () => {
    const context = contextOf(10);
    const partitioned: Registers = { ...correct, staleReads: (node) => node >= 3 };
    for (let seed = 0; seed < 10; seed++)
      expect((await verdictOf(context, run(context, partitioned, seed)))?.valid).toBe(false);
  });

  test('the same seed gives the same operations', () => {
    expect(run(contextOf(10), correct, 7)).toEqual(run(contextOf(10), correct, 7));
    expect(run(contextOf(10), correct, 7)).not.toEqual(run(contextOf(10), correct, 8));
  });
});
