// The nemesis package `partition`: its schedule, its draws, and what its operations answer.
import { afterEach, describe, expect, test } from 'vitest';
import { nemesis } from '../../nemesis/partition.ts';
import type { Mechanism } from '../../src/contract/faults.ts';
import type { NemesisWorld } from '../../src/contract/nemesis.ts';
import type { System } from '../../src/contract/system.ts';
import { grudgeKinds } from '../../src/faults/grudge.ts';
import { nemesis as onNemesis } from '../../src/generator/nemesis.ts';
import type { Op } from '../../src/history/op.ts';
import { Bench } from '../generator/pool.ts';
import { fileMechanism, fileWorld } from './file-mechanism.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i + 1}`);
const context = (count: number, partition = 'all') => ({
  nodes: names(count),
  options: { partition },
  interval: 10,
});

/** The first operations of the schedule, as `[seconds, f, value]`. */
const schedule = (count: number, options: { nodes: number; partition?: string }) => {
  const bench = new Bench(onNemesis(nemesis.generator(context(options.nodes, options.partition))));
  const seen: { kind: string; f: string; value: unknown }[] = [];
  while (seen.length < count) {
    const op = bench.begin();
    if (op === undefined) {
      bench.now += 1;
      continue;
    }
    seen.push({ kind: op.kind, f: op.f, value: op.value });
    if (op.kind === 'invoke') bench.complete(op.process);
  }
  return seen;
};

describe('the schedule', () => {
  test('waits, cuts, waits, mends, again and again', () => {
    const seen = schedule(8, { nodes: 5, partition: 'one' });
    expect(seen.map(({ f, value }) => (f === 'sleep' ? `${f} ${value}` : f))).toEqual([
      'sleep 10',
      'start-partition',
      'sleep 10',
      'stop-partition',
      'sleep 10',
      'start-partition',
      'sleep 10',
      'stop-partition',
    ]);
  });

  test('draws every kind, each with its targets by name; primaries are found out later', () => {
    const starts = schedule(400, { nodes: 5 }).filter(({ f }) => f === 'start-partition');
    const values = starts.map(({ value }) => value as { grudge: string; drops?: object });
    expect(new Set(values.map(({ grudge }) => grudge))).toEqual(new Set(grudgeKinds));
    for (const { grudge, drops } of values) {
      if (grudge === 'primaries') expect(drops).toBeUndefined();
      else expect(Object.keys(drops ?? {}).length).toBeGreaterThan(0);
    }
    expect(schedule(400, { nodes: 5 }).filter(({ f }) => f === 'start-partition')).toEqual(starts);
  });

  test('asking does not draw', () => {
    const gen = onNemesis(nemesis.generator(context(5)));
    const bench = new Bench(gen);
    bench.begin();
    const first = bench.ask();
    expect(bench.ask()).toEqual(first);
  });

  test('only the kinds asked for; all of those that a small cluster allows', () => {
    const kindsOf = (nodes: number, partition?: string) =>
      new Set(
        schedule(200, { nodes, ...(partition === undefined ? {} : { partition }) })
          .filter(({ f }) => f === 'start-partition')
          .map(({ value }) => (value as { grudge: string }).grudge),
      );
    expect(kindsOf(5, 'bridge, one-way')).toEqual(new Set(['bridge', 'one-way']));
    expect(kindsOf(2)).toEqual(new Set(['one', 'halves', 'random-halves', 'primaries', 'one-way']));
  });

  test.each([
    [1, 'all', /empty target set: partition one needs at least 2 nodes, the cluster has 1/],
    [2, 'bridge', /empty target set: partition bridge needs at least 3 nodes/],
    [5, 'hafles', /unknown partition hafles/],
    [5, 'one,,bridge', /unknown partition \(empty\)/],
  ])('%d nodes, --partition %s: one clear error', (nodes, partition, message) => {
    expect(() => nemesis.generator(context(nodes, partition))).toThrow(
      expect.objectContaining({ exitCode: 254, message: expect.stringMatching(message) }),
    );
  });

  test('ends by mending', () => {
    expect(nemesis.finalGenerator?.(context(5))).toEqual({ f: 'stop-partition' });
  });
});

/** Real fault control whose "partition" is a file on every node that drops something. */
const partitionFiles: Mechanism = {
  ...fileMechanism,
  kind: 'partition',
  plan: (fault, nodes, id) =>
    fileMechanism.plan({ ...fault, on: Object.keys(fault['grudge'] as object) }, nodes, id),
};

const worlds: Awaited<ReturnType<typeof fileWorld>>[] = [];
const open = async (primaries?: System['primaries']) => {
  const files = await fileWorld({ count: 3, mechanism: partitionFiles });
  worlds.push(files);
  const world = {
    nodes: files.nodes,
    faults: files.faults,
    system: primaries === undefined ? {} : { primaries },
    systemContext: {},
  } as unknown as NemesisWorld;
  const invoke = (f: string, value?: unknown) =>
    nemesis.invoke({ f, value } as Op, world, new AbortController().signal);
  return { ...files, invoke };
};
afterEach(async () => {
  for (const world of worlds.splice(0)) {
    await world.faults.close().catch(() => undefined);
    world.cleanUp();
  }
});

describe('operations', () => {
  test('start cuts and says who no longer hears whom; stop mends everything', async () => {
    const { invoke, brokenOn, faults } = await open();
    const drops = { n1: ['n2', 'n3'], n2: ['n1'], n3: ['n1'] };
    const started = await invoke('start-partition', { grudge: 'one', drops });
    expect(started).toMatchObject({
      type: 'info',
      value: {
        grudge: 'one',
        drops,
        says: 'n1 no longer hears n2, n3; n2, n3 no longer hear n1',
        fault: 'f0001',
        proof: { holds: true },
      },
    });
    expect(brokenOn('f0001')).toEqual(['n1', 'n2', 'n3']);
    await invoke('start-partition', { grudge: 'one', drops });
    const stopped = await invoke('stop-partition');
    expect(stopped).toMatchObject({ type: 'info', value: { faults: ['f0002', 'f0001'] } });
    expect(faults.active).toEqual([]);
    expect(await invoke('stop-partition')).toEqual({
      type: 'info',
      value: { says: 'nothing was cut' },
    });
  });

  test('primaries are asked for when it strikes', async () => {
    const { invoke } = await open(() => Promise.resolve(['n2']));
    expect(await invoke('start-partition', { grudge: 'primaries' })).toMatchObject({
      value: { drops: { n2: ['n1', 'n3'], n1: ['n2'], n3: ['n2'] } },
    });
  });

  test.each([
    ['no primary', () => Promise.resolve([]), 'empty-target-set'],
    ['a system that does not tell', undefined, 'empty-target-set'],
    ['a system that cannot tell', () => Promise.reject(new Error('no quorum')), 'nemesis-failed'],
  ])('%s: info with the reason, nothing cut', async (_, primaries, code) => {
    const { invoke, entries } = await open(primaries);
    const completion = await invoke('start-partition', { grudge: 'primaries' });
    expect(completion).toMatchObject({ type: 'info', error: [code, expect.any(String)] });
    expect(entries.map((entry) => entry.type)).toEqual(['run']);
  });

  test('a node that cannot be healed is an error in the history, and the next stop tries again', async () => {
    const { invoke, nodes, faults } = await open();
    await invoke('start-partition', { grudge: 'one', drops: { n1: ['n2'] } });
    nodes[0]!.down = true;
    expect(await invoke('stop-partition')).toMatchObject({
      error: ['not-healed', expect.stringContaining('n1')],
    });
    nodes[0]!.down = false;
    expect(await invoke('stop-partition')).toMatchObject({ value: { faults: ['f0001'] } });
    expect(faults.active).toEqual([]);
  });
});
