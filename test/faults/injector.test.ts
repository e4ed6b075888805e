// Fault control over folders: the order of things, failures at every step, unreachable nodes, lapsed leases.
import { readdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { healFromLedger } from '../../src/faults/heal.ts';
import { openFaults } from '../../src/faults/injector.ts';
import { ledgerState } from '../../src/faults/ledger.ts';
import { fileMechanism, fileWorld } from './file-mechanism.ts';

type World = Awaited<ReturnType<typeof fileWorld>>;
const worlds: World[] = [];
const open = async (options: Parameters<typeof fileWorld>[0]): Promise<World> => {
  const world = await fileWorld(options);
  worlds.push(world);
  return world;
};
afterEach(async () => {
  for (const world of worlds.splice(0)) {
    for (const node of world.nodes) node.down = false;
    await world.faults.close().catch(() => undefined);
    world.cleanUp();
  }
});
const on = (...names: string[]) => ({ kind: 'file', on: names });
const until = async (what: () => boolean): Promise<void> => {
  for (let i = 0; i < 200 && !what(); i++) await sleep(50);
  expect(what()).toBe(true);
};

test('the ledger tells the whole story in order; nothing is left', async () => {
  const { faults, entries, brokenOn, nodes } = await open({ count: 3 });
  const { id, proof } = await faults.inject(on('n1', 'n3'));
  expect(id).toBe('f0001');
  expect(proof).toEqual({ holds: true, says: '2 of 2 nodes broken' });
  expect(brokenOn(id)).toEqual(['n1', 'n3']);
  expect(faults.active).toEqual([id]);
  const healed = await faults.heal(id);
  expect(healed.holds).toBe(true);
  expect(await faults.heal(id)).toBe(healed);
  expect(faults.active).toEqual([]);
  expect(entries.map((entry) => entry.type)).toEqual([
    'run',
    'planned',
    'injected',
    'verified',
    'healed',
  ]);
  expect(entries.at(-1)).toMatchObject({ id, by: 'runner', proof: { holds: true } });
  await faults.close();
  for (const node of nodes) expect(readdirSync(node.folder)).toEqual([]);
});

test('nothing strikes before the plan is on disk', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const world = await open({
    count: 2,
    append: (entry) => (entry.type === 'planned' ? gate : Promise.resolve()),
  });
  const injecting = world.faults.inject(on('n1'));
  await sleep(300);
  expect(world.brokenOn('f0001')).toEqual([]);
  release();
  await injecting;
  expect(world.brokenOn('f0001')).toEqual(['n1']);
});

test.each(['planned', 'injected', 'verified'])(
  'a ledger that cannot write "%s" leaves nothing broken',
  async (type) => {
    const world = await open({
      count: 2,
      append: (entry) =>
        entry.type === type ? Promise.reject(new Error('disk full')) : Promise.resolve(),
    });
    await expect(world.faults.inject(on('n1', 'n2'))).rejects.toThrow('disk full');
    expect(world.brokenOn('f0001')).toEqual([]);
    expect(world.faults.active).toEqual([]);
  },
);

test('one node that refuses: undone everywhere, named, and settled in the ledger', async () => {
  const { faults, brokenOn, entries } = await open({ count: 3 });
  const fault = { ...on('n1', 'n2', 'n3'), refuseOn: 'n2' };
  await expect(faults.inject(fault)).rejects.toMatchObject({
    code: 'inject-failed',
    exitCode: 4,
    message: expect.stringMatching(/^file not injected: n2 \(.*inject failed: false\)$/),
  });
  expect(brokenOn('f0001')).toEqual([]);
  expect(entries.map((entry) => entry.type)).toEqual(['run', 'planned', 'failed', 'healed']);
  expect(ledgerState(entries).unsettled).toEqual([]);
});

test('an aborted injection is undone', async () => {
  const { faults, brokenOn } = await open({ count: 2 });
  const abort = new AbortController();
  const injecting = faults.inject(on('n1', 'n2'), abort.signal);
  abort.abort();
  await expect(injecting).rejects.toThrow();
  expect(brokenOn('f0001')).toEqual([]);
  expect((await faults.healAll()).holds).toBe(true);
});

test('unknown kinds and empty targets are refused by name', async () => {
  const { faults } = await open({ count: 1 });
  await expect(faults.inject({ kind: 'flood' })).rejects.toMatchObject({ exitCode: 254 });
  await expect(faults.inject(on())).rejects.toMatchObject({ code: 'empty-target-set' });
});

test('healAll undoes the newest first and waits for strikes under way', async () => {
  const { faults, entries, brokenOn } = await open({ count: 2 });
  await faults.inject(on('n1'));
  await faults.inject(on('n2'));
  const third = faults.inject(on('n1', 'n2'));
  const proof = await faults.healAll();
  await third;
  expect(proof.holds).toBe(true);
  const order = entries.flatMap((entry) => (entry.type === 'healed' ? [entry.id] : []));
  expect(order).toEqual(['f0003', 'f0002', 'f0001']);
  for (const id of order) expect(brokenOn(id)).toEqual([]);
});

describe('a node that cannot be reached', () => {
  test('is named by heal, and its fault is undone at the next contact', async () => {
    const { faults, nodes, brokenOn, entries } = await open({ count: 3, leaseSeconds: 3 });
    const { id } = await faults.inject(on('n1', 'n2'));
    nodes[1]!.down = true;
    await expect(faults.heal(id)).rejects.toMatchObject({
      code: 'not-healed',
      exitCode: 5,
      message: expect.stringMatching(/file f0001 not healed: n2 \(n2 is unreachable\)/),
    });
    expect(brokenOn(id)).toEqual(['n2']);
    expect(faults.active).toEqual([id]);
    nodes[1]!.down = false;
    await until(() => faults.active.length === 0);
    expect(brokenOn(id)).toEqual([]);
    expect(entries.at(-1)).toMatchObject({ type: 'healed', id, by: 'runner' });
  });

  test('heals itself by its lease; healAll waits for that and proves it from outside', async () => {
    const { faults, nodes, brokenOn, entries, warnings } = await open({
      count: 2,
      leaseSeconds: 2,
    });
    const { id } = await faults.inject(on('n1', 'n2'));
    nodes[1]!.down = true;
    const proof = await faults.healAll();
    expect(proof.holds).toBe(true);
    expect(brokenOn(id)).toEqual([]);
    expect(entries.at(-1)).toMatchObject({ type: 'healed', by: 'lease' });
    expect(warnings.join()).toMatch(/n2: lease not renewed \(n2 is unreachable\)/);
  });
});

test('a controller that was out of touch learns that its faults are over, and can go on', async () => {
  const { faults, nodes, entries, warnings, brokenOn } = await open({ count: 2, leaseSeconds: 2 });
  const { id } = await faults.inject(on('n1', 'n2'));
  for (const node of nodes) node.down = true;
  await until(() => brokenOn(id).length === 0);
  for (const node of nodes) node.down = false;
  await until(() => faults.active.length === 0);
  expect(entries.at(-1)).toMatchObject({ type: 'healed', id, by: 'lease', proof: { holds: true } });
  await until(() => warnings.filter((line) => line.includes('taking it again')).length === 2);
  await sleep(200);
  const next = await faults.inject(on('n1', 'n2'));
  expect(brokenOn(next.id)).toEqual(['n1', 'n2']);
});

test('a second run on the same nodes is refused and releases what it had taken', async () => {
  const world = await open({ count: 3 });
  const second = openFaults({
    run: 'second',
    nodes: world.nodes.toReversed(),
    cluster: { kind: 'tmp', name: 'tmp' },
    mechanisms: [fileMechanism],
    appendLedger: () => Promise.resolve(),
    now: () => 0,
    directoryOf: world.directoryOf,
  });
  await expect(second).rejects.toMatchObject({
    code: 'node-held',
    exitCode: 4,
    message: expect.stringMatching(/^n3 is held by run test-run \(process \d+ on /),
  });
  for (const node of world.nodes)
    expect(readdirSync(world.directoryOf(node))).toEqual(['test-run']);
});

describe('healFromLedger', () => {
  const healing = (world: World) =>
    healFromLedger(
      world.entries,
      { nodes: world.nodes, controllerAddresses: [] },
      { mechanisms: [fileMechanism], directoryOf: world.directoryOf },
    );

  test('settles what a run left, and doing it twice is harmless', async () => {
    const world = await open({ count: 2 });
    const { id } = await world.faults.inject(on('n1', 'n2'));
    const summary = await healing(world);
    expect(summary).toMatchObject({
      run: 'test-run',
      unsettled: [id],
      undoneOn: { n1: [id], n2: [id] },
      failures: [],
      proof: { holds: true },
    });
    expect(world.brokenOn(id)).toEqual([]);
    const settled = [...world.entries, ...summary.entries];
    expect(ledgerState(settled).unsettled).toEqual([]);
    expect((await healing(world)).undoneOn).toEqual({});
  });

  test("uses the ledger's own commands when the node has forgotten the run", async () => {
    const world = await open({ count: 2 });
    const { id } = await world.faults.inject(on('n1', 'n2'));
    rmSync(world.directoryOf(world.nodes[0]!), { recursive: true });
    const summary = await healing(world);
    expect(summary.undoneOn).toEqual({ n2: [id] });
    expect(world.brokenOn(id)).toEqual([]);
    expect(summary.proof.holds).toBe(true);
  });

  test('names the node it could not reach and goes on with the others', async () => {
    const world = await open({ count: 2 });
    const { id } = await world.faults.inject(on('n1', 'n2'));
    world.nodes[0]!.down = true;
    const summary = await healing(world);
    expect(summary.failures).toMatchObject([{ node: 'n1' }]);
    expect(summary.proof.holds).toBe(false);
    expect(summary.proof.says).toMatch(/not reached: n1 \(n1 is unreachable\)/);
    expect(world.brokenOn(id)).toEqual(['n1']);
    expect(summary.entries).toEqual([]);
  });
});
