// Laws of the partition topologies, over every number of nodes and many seeds.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random, rngOf } from '../../src/base/random.ts';
import type { Grudge } from '../../src/contract/faults.ts';
import {
  bisect,
  bridge,
  completeGrudge,
  cutsOf,
  drawGrudge,
  grudgeKinds,
  invert,
  isolate,
  primariesGrudge,
  type TopologyName,
  topologies,
} from '../../src/faults/grudge.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i + 1}`);
const hand = (seed: number): Random => new Random(rngOf(seed));
const drops = (grudge: Grudge, a: string, b: string): boolean => (grudge[a] ?? []).includes(b);
const symmetric = (grudge: Grudge): boolean =>
  cutsOf(grudge).every(({ hearer, speaker }) => drops(grudge, speaker, hearer));
const heardBy = (nodes: readonly string[], grudge: Grudge, node: string): string[] =>
  nodes.filter((other) => !drops(grudge, node, other));

const all = Object.keys(topologies) as TopologyName[];
const drawn = fc.record({ count: fc.integer({ min: 3, max: 15 }), seed: fc.nat() });

test.each(all)('%s never cuts nothing, names only nodes, nobody drops itself', (kind) => {
  fc.assert(
    fc.property(drawn, ({ count, seed }) => {
      const nodes = names(count);
      const grudge = drawGrudge(kind, nodes, hand(seed));
      const cuts = cutsOf(grudge);
      expect(cuts.length).toBeGreaterThan(0);
      for (const { hearer, speaker } of cuts) {
        expect(nodes).toContain(hearer);
        expect(nodes).toContain(speaker);
        expect(hearer).not.toBe(speaker);
      }
      for (const list of Object.values(grudge)) {
        expect(list.length).toBeGreaterThan(0);
        expect(new Set(list).size).toBe(list.length);
      }
    }),
  );
});

test.each(all.filter((kind) => kind !== 'one-way'))('%s is symmetric', (kind) => {
  fc.assert(
    fc.property(drawn, ({ count, seed }) => {
      expect(symmetric(drawGrudge(kind, names(count), hand(seed)))).toBe(true);
    }),
  );
});

test('one-way cuts no pair in both directions', () => {
  fc.assert(
    fc.property(drawn, ({ count, seed }) => {
      const grudge = drawGrudge('one-way', names(count), hand(seed));
      for (const { hearer, speaker } of cutsOf(grudge))
        expect(drops(grudge, speaker, hearer)).toBe(false);
    }),
  );
});

test('majorities-ring: every node hears a majority, no two the same, none hears all (beyond three)', () => {
  fc.assert(
    fc.property(drawn, ({ count, seed }) => {
      const nodes = names(count);
      const grudge = drawGrudge('majorities-ring', nodes, hand(seed));
      const seen = nodes.map((node) => heardBy(nodes, grudge, node).sort().join());
      expect(new Set(seen).size).toBe(count);
      for (const list of seen) expect(list.split(',').length * 2).toBeGreaterThan(count);
      if (count > 3) for (const list of seen) expect(list.split(',').length).toBeLessThan(count);
    }),
  );
});

test('majorities-ring of five is exact: each node hears exactly three', () => {
  const nodes = names(5);
  const grudge = drawGrudge('majorities-ring', nodes, hand(7));
  for (const node of nodes) expect(heardBy(nodes, grudge, node)).toHaveLength(3);
});

test('one isolates exactly one node', () => {
  fc.assert(
    fc.property(drawn, ({ count, seed }) => {
      const grudge = drawGrudge('one', names(count), hand(seed));
      expect(Object.values(grudge).filter((list) => list.length === count - 1)).toHaveLength(1);
      expect(cutsOf(grudge)).toHaveLength(2 * (count - 1));
    }),
  );
});

test('halves leave the smaller side whole and cut everything between', () => {
  expect(completeGrudge(bisect(names(5)))).toEqual({
    n1: ['n3', 'n4', 'n5'],
    n2: ['n3', 'n4', 'n5'],
    n3: ['n1', 'n2'],
    n4: ['n1', 'n2'],
    n5: ['n1', 'n2'],
  });
});

test('the bridge hears everybody and is heard by everybody', () => {
  expect(bridge(names(5))).toEqual({
    n1: ['n4', 'n5'],
    n2: ['n4', 'n5'],
    n4: ['n1', 'n2'],
    n5: ['n1', 'n2'],
  });
});

test('invert twice gives the same grudge again', () => {
  fc.assert(
    fc.property(drawn, ({ count, seed }) => {
      const nodes = names(count);
      const grudge = drawGrudge('random-halves', nodes, hand(seed));
      const sorted = (g: Grudge) =>
        Object.fromEntries(Object.entries(g).map(([node, list]) => [node, [...list].sort()]));
      expect(sorted(invert(nodes, invert(nodes, grudge)))).toEqual(sorted(grudge));
    }),
  );
});

test('the same seed draws the same partition, another one another', () => {
  const draws = (seed: number) => all.map((kind) => drawGrudge(kind, names(9), hand(seed)));
  expect(draws(1)).toEqual(draws(1));
  expect(draws(1)).not.toEqual(draws(2));
});

describe('primaries', () => {
  test('each is alone, the rest stay together', () => {
    expect(primariesGrudge(names(4), ['n1', 'n3'])).toEqual({
      n1: ['n3', 'n2', 'n4'],
      n3: ['n1', 'n2', 'n4'],
      n2: ['n1', 'n3'],
      n4: ['n1', 'n3'],
    });
    expect(isolate(names(2), ['n1', 'n2'])).toEqual({ n1: ['n2'], n2: ['n1'] });
  });
  test('none known is one clear error', () => {
    expect(() => primariesGrudge(names(5), [])).toThrow(/empty target set: no primary is known/);
    expect(() => primariesGrudge(names(5), ['n9'])).toThrow(/no primary is known/);
  });
});

test.each(grudgeKinds)('%s on one node is an empty target set, never "all"', (kind) => {
  const draw = () =>
    kind === 'primaries' ? primariesGrudge(['n1'], ['n1']) : drawGrudge(kind, ['n1'], hand(1));
  expect(draw).toThrow(
    expect.objectContaining({
      code: 'empty-target-set',
      exitCode: 254,
      message: expect.stringMatching(
        /empty target set: partition .* needs at least [23] nodes, .*has 1/,
      ),
    }),
  );
});
