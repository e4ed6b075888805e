// Random transactions: lengths, keys and values as asked for; every value is written once; the same seed gives the same.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rngOf } from '../../src/base/random.ts';
import { clients } from '../../src/generator/clients.ts';
import type { Gen } from '../../src/generator/generator.ts';
import {
  keyDistributions,
  type Micro,
  type TransactionOptions,
  transactions,
} from '../../src/generator/transactions.ts';
import { Bench } from './pool.ts';

const draw = (count: number, options: TransactionOptions = {}): readonly (readonly Micro[])[] => {
  const bench = new Bench(transactions(options));
  return Array.from({ length: count }, () => {
    const op = bench.begin();
    if (op === undefined) throw new Error('nothing to do');
    expect(op.f).toBe('txn');
    bench.complete(op.process);
    return op.value as readonly Micro[];
  });
};

const writesOf = (txns: readonly (readonly Micro[])[]): readonly Micro[] =>
  txns.flat().filter(([f]) => f !== 'r');

/** How often each key occurs, the most frequent first, over many seeds; those in which a key was replaced do not count. */
const frequencies = (options: TransactionOptions & { keyCount: number }): readonly number[] => {
  const { threads } = new Bench(null).context;
  const counts = Array.from({ length: options.keyCount }, () => 0);
  for (let seed = 0; seed < 300; seed++) {
    let gen: Gen = transactions({ ...options, maxWritesPerKey: Number.MAX_SAFE_INTEGER });
    const keys: number[] = [];
    for (let i = 0; i < 60; i++) {
      const step = gen.op({ time: 0, rng: rngOf(seed), threads });
      if (step.kind !== 'op') throw new Error('nothing to do');
      keys.push(...(step.op.value as readonly Micro[]).map(([, key]) => key));
      gen = step.next;
    }
    if (keys.every((key) => key < options.keyCount))
      for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts.toSorted((a, b) => b - a);
};

const anyOptions: fc.Arbitrary<Required<TransactionOptions>> = fc
  .record({
    write: fc.constantFrom('append' as const, 'w' as const),
    keyCount: fc.integer({ min: 1, max: 12 }),
    keyDist: fc.constantFrom(...keyDistributions),
    keyDistBase: fc.double({ min: 1.1, max: 4, noNaN: true }),
    minTxnLength: fc.integer({ min: 1, max: 4 }),
    more: fc.integer({ min: 0, max: 4 }),
    maxWritesPerKey: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ more, ...rest }) => ({ ...rest, maxTxnLength: rest.minTxnLength + more }));

test('whatever is asked for: lengths in range, a bounded pool, values 1, 2, 3 … per key', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const txns = draw(120, options);
      const writes = writesOf(txns);
      for (const { length } of txns) {
        expect(length).toBeGreaterThanOrEqual(options.minTxnLength);
        expect(length).toBeLessThanOrEqual(options.maxTxnLength);
      }
      for (const [f, , value] of txns.flat())
        expect([f, typeof value]).toEqual(f === 'r' ? ['r', 'object'] : [options.write, 'number']);
      for (const ofKey of Map.groupBy(writes, ([, key]) => key).values()) {
        expect(ofKey.map(([, , value]) => value)).toEqual(ofKey.map((_, i) => i + 1));
        expect(ofKey.length).toBeLessThanOrEqual(options.maxWritesPerKey);
      }
      // A key that has left the pool never comes back: no more keys overlap than the pool has.
      const keys = [...new Set(txns.flat().map(([, key]) => key))];
      const last = new Map(txns.flat().map(([, key], i) => [key, i]));
      const first = new Map(
        txns
          .flat()
          .map(([, key], i) => [key, i] as const)
          .toReversed(),
      );
      for (const key of keys) {
        const at = first.get(key) ?? 0;
        const alive = keys.filter((k) => (first.get(k) ?? 0) <= at && (last.get(k) ?? 0) >= at);
        expect(alive.length).toBeLessThanOrEqual(options.keyCount);
      }
    }),
    { numRuns: 60 },
  );
});

describe('how it draws', () => {
  test('as many reads as writes, every length as often', () => {
    const txns = draw(4_000);
    const share = writesOf(txns).length / txns.flat().length;
    expect(share).toBeGreaterThan(0.47);
    expect(share).toBeLessThan(0.53);
    for (const length of [1, 2, 3, 4]) {
      const such = txns.filter((txn) => txn.length === length).length / txns.length;
      expect(such).toBeGreaterThan(0.22);
      expect(such).toBeLessThan(0.28);
    }
  });

  test('exponential: each key about twice as often as the next', () => {
    const counts = frequencies({ keyCount: 5 });
    for (let i = 0; i + 1 < counts.length; i++) {
      const ratio = (counts[i] ?? 0) / (counts[i + 1] ?? 1);
      expect(ratio).toBeGreaterThan(1.6);
      expect(ratio).toBeLessThan(2.5);
    }
  });

  test('zipf: the second half as often, the third a third', () => {
    const counts = frequencies({ keyDist: 'zipf', keyCount: 5 });
    for (const [i, count] of counts.entries()) {
      const ratio = (counts[0] ?? 0) / count / (i + 1);
      expect(ratio).toBeGreaterThan(0.8);
      expect(ratio).toBeLessThan(1.25);
    }
  });

  test('uniform: all alike', () => {
    const counts = frequencies({ keyDist: 'uniform', keyCount: 4 });
    expect((counts[0] ?? 0) / (counts[3] ?? 1)).toBeLessThan(1.15);
  });

  test('most keys are replaced after few writes, some only after many', () => {
    const writes = writesOf(draw(20_000));
    const sizes = [...Map.groupBy(writes, ([, key]) => key).values()].map(({ length }) => length);
    const few = sizes.filter((size) => size <= 16).length / sizes.length;
    expect(few).toBeGreaterThan(0.35);
    expect(few).toBeLessThan(0.75);
    expect(Math.max(...sizes)).toBeGreaterThan(180);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256);
  });

  test('asking does not draw; the same seed gives the same transactions', () => {
    const bench = new Bench(transactions());
    bench.begin();
    const first = bench.ask();
    expect(bench.ask()).toEqual(first);
    expect(draw(50)).toEqual(draw(50));
  });

  test('with every thread busy it waits', () => {
    const bench = new Bench(clients(transactions()), 1);
    bench.begin();
    expect(bench.ask().kind).toBe('pending');
  });
});

test.each([
  [{ keyCount: 0 }, /not a whole number above 0: 0/],
  [{ minTxnLength: 5 }, /transactions of 5 to 4 steps cannot be made/],
  [{ maxWritesPerKey: 1.5 }, /1.5/],
  [{ keyDistBase: 1 }, /above 1/],
])('%j is refused', (options, message) => {
  expect(() => transactions(options)).toThrow(message);
});
