// Independent packages cannot together take out a majority, unless asked to.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nemesis as kill } from '../../nemesis/kill.ts';
import { nemesis as partition } from '../../nemesis/partition.ts';
import { Random, rngOf } from '../../src/base/random.ts';
import type { Grudge } from '../../src/contract/faults.ts';
import type { NemesisPackage, NemesisWorld } from '../../src/contract/nemesis.ts';
import { faultyNodes, openBudget } from '../../src/faults/budget.ts';
import {
  bridge,
  completeGrudge,
  drawGrudge,
  grudgeKinds,
  isolate,
  oneWay,
} from '../../src/faults/grudge.ts';
import type { Op } from '../../src/history/op.ts';

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];

describe('which nodes count as faulty', () => {
  test('those that are down, and those cut off from the largest group', () => {
    expect(faultyNodes(five, [])).toEqual([]);
    expect(faultyNodes(five, [{ down: ['n2'] }, { down: ['n2', 'n5'] }])).toEqual(['n2', 'n5']);
    expect(faultyNodes(five, [{ cut: isolate(five, ['n3']) }])).toEqual(['n3']);
    const halves = completeGrudge([
      ['n1', 'n2'],
      ['n3', 'n4', 'n5'],
    ]);
    expect(faultyNodes(five, [{ cut: halves }])).toEqual(['n1', 'n2']);
    expect(faultyNodes(five, [{ cut: halves }, { down: ['n4'] }])).toHaveLength(3);
    expect(faultyNodes(five, [{ cut: oneWay(['n1'], five.slice(1)) }])).toEqual(['n1']);
    expect(faultyNodes(five, [{ cut: bridge(five) }])).toHaveLength(2);
    expect(faultyNodes(five, [{ down: five }])).toEqual(five);
  });

  test('the rest is a group whose members hear one another, and none is larger', () => {
    const nodes = fc
      .constantFrom(3, 4, 5, 6, 7)
      .map((n) => Array.from({ length: n }, (_, i) => `n${i + 1}`));
    const world = nodes.chain((all) =>
      fc.record({
        all: fc.constant(all),
        down: fc.subarray(all),
        cut: fc.array(fc.tuple(fc.constantFrom(...all), fc.constantFrom(...all)), {
          maxLength: 12,
        }),
      }),
    );
    fc.assert(
      fc.property(world, ({ all, down, cut }) => {
        const grudge: Grudge = Object.fromEntries(
          all.map((node) => [
            node,
            cut.filter(([a, b]) => a === node && b !== node).map(([, b]) => b),
          ]),
        );
        const hears = (a: string, b: string): boolean =>
          !grudge[a]?.includes(b) && !grudge[b]?.includes(a);
        const isGroup = (group: readonly string[]): boolean =>
          group.every((a) => !down.includes(a) && group.every((b) => a === b || hears(a, b)));
        const faulty = faultyNodes(all, [{ down }, { cut: grudge }]);
        const group = all.filter((node) => !faulty.includes(node));
        expect(isGroup(group)).toBe(true);
        for (let bits = 0; bits < 2 ** all.length; bits++) {
          const other = all.filter((_, i) => (bits >> i) & 1);
          if (other.length > group.length) expect(isGroup(other)).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('the budget', () => {
  test('unless told, packages together keep to a minority, one alone to its own options', () => {
    const budget = openBudget(five);
    expect(budget.takeNodes('kill', five).granted).toEqual(five);
    expect(budget.take('partition', { cut: isolate(five, ['n1']) })).toEqual({});
    budget.give('kill');
    expect(budget.takeNodes('kill', ['n1', 'n4', 'n5'])).toEqual({
      granted: ['n1', 'n4'],
      refused: '3 of 5 nodes would be faulty (n1, n4, n5), beside partition; at most 2 may be',
    });
    budget.give('partition');
    budget.give('kill');
    expect(budget.take('partition', { cut: completeGrudge(five.map((node) => [node])) })).toEqual(
      {},
    );
  });

  test('a number, minority or all binds everybody', () => {
    expect(openBudget(five, 1).takeNodes('kill', five).granted).toEqual(['n1']);
    expect(openBudget(five, 'minority').takeNodes('kill', five).granted).toEqual(['n1', 'n2']);
    expect(openBudget(five, 0).take('cut', { cut: isolate(five, ['n1']) }).refused).toContain(
      '1 of 5',
    );
    const four = five.slice(0, 4);
    const all = openBudget(five, 'all');
    expect(all.takeNodes('kill', five).granted).toEqual(five);
    expect(all.take('partition', { cut: isolate(five, ['n1']) })).toEqual({});
    expect(openBudget(four, 'minority').takeNodes('kill', four).granted).toEqual(['n1']);
  });

  test('whatever several packages ask, a majority stays together', () => {
    const asks = fc.array(
      fc.record({
        who: fc.constantFrom('a', 'b', 'c'),
        seed: fc.nat(1e6),
        gives: fc.boolean(),
        kills: fc.boolean(),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(asks, (all) => {
        const budget = openBudget(five, 'minority');
        const held = new Map<string, { down?: readonly string[]; cut?: Grudge }[]>();
        for (const { who, seed, gives, kills } of all) {
          const random = new Random(rngOf(seed));
          if (gives) {
            budget.give(who);
            held.delete(who);
          } else if (kills) {
            const { granted } = budget.takeNodes(who, random.shuffle(five).slice(0, 3));
            held.set(who, [...(held.get(who) ?? []), { down: granted }]);
          } else {
            const kinds = grudgeKinds.filter((kind) => kind !== 'primaries');
            const cut = drawGrudge(random.pick(kinds) as 'one', five, random);
            if (budget.take(who, { cut }).refused === undefined)
              held.set(who, [...(held.get(who) ?? []), { cut }]);
          }
          expect(faultyNodes(five, [...held.values()].flat()).length).toBeLessThanOrEqual(2);
        }
      }),
    );
  });
});

test('kill spares what would be too much, a partition is left out whole, and both are free again afterwards', async () => {
  const killed: string[] = [];
  const world = {
    nodes: five.map((name) => ({ name })),
    faults: {
      inject: async () => ({ id: 'f1', proof: {} }),
      heal: async () => ({ says: 'mended' }),
    },
    budget: openBudget(five),
    system: {
      kill: async (node: { name: string }) => void killed.push(node.name),
      start: async () => undefined,
    },
    systemContext: { log: () => undefined },
  } as unknown as NemesisWorld;
  const invoke = (nemesis: NemesisPackage, f: string, value?: unknown) =>
    nemesis.invoke({ f, value } as Op, world, new AbortController().signal);
  const halves = completeGrudge([
    ['n1', 'n2'],
    ['n3', 'n4', 'n5'],
  ]);
  const cut = { grudge: 'halves', drops: halves };
  await invoke(partition, 'start-partition', cut);
  const answer = await invoke(kill, 'kill', { targets: 'majority', nodes: ['n2', 'n3', 'n4'] });
  expect(answer.value).toMatchObject({
    nodes: ['n2'],
    spared: expect.stringContaining('at most 2'),
  });
  expect(killed).toEqual(['n2']);
  expect((await invoke(kill, 'kill', { targets: 'one', nodes: ['n5'] })).error?.[0]).toBe('budget');
  await invoke(partition, 'stop-partition');
  await invoke(kill, 'kill', { targets: 'one', nodes: ['n5'] });
  expect(killed).toEqual(['n2', 'n5']);
  expect(await invoke(partition, 'start-partition', cut)).toMatchObject({
    type: 'info',
    error: ['budget', expect.any(String)],
  });
  await invoke(kill, 'restart');
  expect((await invoke(partition, 'start-partition', cut)).error).toBeUndefined();
});
