// The nemesis package `kill`: its targets, its schedule, what its operations answer, and that nothing stays dead.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nemesis } from '../../nemesis/kill.ts';
import { Random, rngOf } from '../../src/base/random.ts';
import type { NemesisWorld } from '../../src/contract/nemesis.ts';
import type { Node } from '../../src/contract/node.ts';
import type { System } from '../../src/contract/system.ts';
import { drawTargets, leastNodesFor, targetKinds } from '../../src/faults/targets.ts';
import { nemesis as onNemesis } from '../../src/generator/nemesis.ts';
import type { Op } from '../../src/history/op.ts';
import { Bench } from '../generator/pool.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i + 1}`);
const context = (count: number, kill = 'any') => ({
  nodes: names(count),
  options: { kill },
  interval: 10,
});

type Kill = { readonly targets: string; readonly nodes?: readonly string[] };

/** The first operations of the schedule. */
const schedule = (count: number, nodes: number, kill?: string) => {
  const bench = new Bench(onNemesis(nemesis.generator(context(nodes, kill))));
  const seen: { f: string; value: unknown }[] = [];
  while (seen.length < count) {
    const op = bench.begin();
    if (op === undefined) {
      bench.now += 1;
      continue;
    }
    seen.push({ f: op.f, value: op.value });
    if (op.kind === 'invoke') bench.complete(op.process);
  }
  return seen;
};

const killsOf = (nodes: number, kill?: string): readonly Kill[] =>
  schedule(200, nodes, kill)
    .filter(({ f }) => f === 'kill')
    .map(({ value }) => value as Kill);

describe('targets', () => {
  test('as many as their name says, in order of the cluster, each node in its turn', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('one' as const, 'minority' as const, 'majority' as const, 'all' as const),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(1_000),
        (kind, count, seed) => {
          if (count < leastNodesFor(kind)) return;
          const chosen = drawTargets(kind, names(count), new Random(rngOf(seed)));
          expect(chosen).toEqual(names(count).filter((name) => chosen.includes(name)));
          if (kind === 'one') expect(chosen).toHaveLength(1);
          if (kind === 'all') expect(chosen).toHaveLength(count);
          if (kind === 'majority') expect(chosen.length).toBe(Math.floor(count / 2) + 1);
          if (kind === 'minority') expect(chosen.length * 2).toBeLessThan(count);
          expect(chosen.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('the schedule', () => {
  test('waits, kills, waits, restarts, again and again; ends by restarting', () => {
    expect(schedule(5, 5).map(({ f }) => f)).toEqual([
      'sleep',
      'kill',
      'sleep',
      'restart',
      'sleep',
    ]);
    expect(nemesis.finalGenerator?.(context(5))).toEqual({ f: 'restart' });
  });

  test('draws every kind, each with its targets by name; primaries are found out later', () => {
    const kills = killsOf(5);
    expect(new Set(kills.map(({ targets }) => targets))).toEqual(new Set(targetKinds));
    for (const { targets, nodes } of kills)
      expect(nodes === undefined).toBe(targets === 'primaries');
    expect(killsOf(5)).toEqual(kills);
  });

  test('only the kinds asked for; all of those that a small cluster allows', () => {
    const kinds = (nodes: number, kill?: string) =>
      new Set(killsOf(nodes, kill).map(({ targets }) => targets));
    expect(kinds(5, 'one, all')).toEqual(new Set(['one', 'all']));
    expect(kinds(1)).toEqual(new Set(['one', 'majority', 'all', 'primaries']));
  });

  test.each([
    [1, 'minority', /a minority needs at least 3 nodes, the cluster has 1/],
    [5, 'mjaority', /unknown targets mjaority/],
    [5, 'one,,all', /unknown targets \(empty\)/],
  ])('%d nodes, --kill %s: one clear error', (nodes, kill, message) => {
    expect(() => nemesis.generator(context(nodes, kill))).toThrow(
      expect.objectContaining({ exitCode: 254, message: expect.stringMatching(message) }),
    );
  });
});

/** A system in memory: which nodes run. */
const worldOf = (
  count: number,
  options: { stuck?: string; primaries?: readonly string[] } = {},
) => {
  const running = new Set(names(count));
  const stuck = new Set(options.stuck === undefined ? [] : [options.stuck]);
  const { primaries } = options;
  const system = {
    kill: async ({ name }: Node) => void running.delete(name),
    start: async ({ name }: Node) => {
      if (stuck.has(name)) throw new Error(`${name} does not start`);
      running.add(name);
    },
    ...(primaries === undefined ? {} : { primaries: async () => primaries }),
  };
  const nodes = names(count).map((name) => ({ name }));
  const systemContext = { log: () => undefined, signal: new AbortController().signal };
  const world = { nodes, faults: {}, system, systemContext } as unknown as NemesisWorld;
  const invoke = (f: string, value?: unknown) =>
    nemesis.invoke({ f, value } as Op, world, new AbortController().signal);
  return { running, stuck, world, invoke };
};

describe('operations', () => {
  test('kill kills those named, restart starts them again', async () => {
    const { running, invoke } = worldOf(3);
    const killed = await invoke('kill', { targets: 'majority', nodes: ['n1', 'n3'] });
    expect(killed).toMatchObject({
      type: 'info',
      value: { nodes: ['n1', 'n3'], says: 'n1, n3 killed' },
    });
    expect([...running]).toEqual(['n2']);
    expect(await invoke('restart')).toMatchObject({ value: { says: 'n1, n3 started' } });
    expect(running.size).toBe(3);
    expect(await invoke('restart')).toMatchObject({ value: { says: 'nothing was killed' } });
  });

  test('primaries are asked for when it strikes; none known is said', async () => {
    const { running, invoke } = worldOf(3, { primaries: ['n2'] });
    expect(await invoke('kill', { targets: 'primaries' })).toMatchObject({
      value: { nodes: ['n2'] },
    });
    expect([...running]).toEqual(['n1', 'n3']);
    for (const primaries of [undefined, []])
      expect(
        await worldOf(3, primaries && { primaries }).invoke('kill', { targets: 'primaries' }),
      ).toMatchObject({ type: 'info', error: ['empty-target-set', expect.any(String)] });
  });

  test('goes on when a node is served; one that is not yet is said', async () => {
    const { world, invoke } = worldOf(3);
    let served = 0;
    const ready: NonNullable<System['ready']> = async ({ name }) => {
      served++;
      if (name === 'n2') throw new Error('no quorum');
    };
    Object.assign(world.system, { ready });
    await invoke('kill', { targets: 'majority', nodes: ['n1', 'n2'] });
    expect(await invoke('restart')).toMatchObject({
      value: { says: 'n1, n2 started; n2 not serving yet', nodes: ['n1', 'n2'] },
    });
    expect(served).toBe(2);
  });

  test('a node that does not start is an error in the history; the others start', async () => {
    const { running, stuck, world, invoke } = worldOf(3, { stuck: 'n1' });
    await invoke('kill', { targets: 'all', nodes: names(3) });
    expect(await invoke('restart')).toMatchObject({
      error: ['nemesis-failed', 'n1 does not start'],
    });
    expect([...running]).toEqual(['n2', 'n3']);
    await expect(nemesis.restore?.(world)).rejects.toThrow('n1 does not start');
    stuck.clear();
    await nemesis.restore?.(world);
    expect(running.size).toBe(3);
  });

  test('what an interrupted run leaves dead is started at its end', async () => {
    const { running, world, invoke } = worldOf(5);
    await invoke('kill', { targets: 'minority', nodes: ['n4'] });
    await nemesis.restore?.(world);
    expect(running.size).toBe(5);
  });
});
