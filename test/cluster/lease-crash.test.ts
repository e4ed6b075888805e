// The controller is killed with SIGKILL at every step of injecting and healing: every node heals itself.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/contract/faults.ts';
import type { Node } from '../../src/contract/node.ts';
import { healFromLedger } from '../../src/faults/heal.ts';
import { run } from '../faults/tmp-node.ts';
import { type BareNodes, bareNodes } from './bare-nodes.ts';
import type { Orders } from './dying-controller.ts';

/** Clusters on which controllers die at the same time. */
const lanes = 4;
const nodeCount = 2;
/** Seconds; short, so that many deaths fit in, and long enough for a busy machine. */
const leaseSeconds = 4;
let bares: readonly BareNodes[] = [];
const folder = mkdtempSync(join(tmpdir(), 'ordeal-crash-'));

beforeAll(async () => {
  bares = await Promise.all(Array.from({ length: lanes }, () => bareNodes(nodeCount)));
});
afterAll(async () => {
  await Promise.all(bares.map((bare) => bare.down()));
  rmSync(folder, { recursive: true, force: true });
});

const script = join(import.meta.dirname, 'dying-controller.ts');
const ledgerOf = (name: string): string => join(folder, `${name}.jsonl`);

const runController = (bare: BareNodes, orders: { dieAt: number; leaseSeconds: number }) => {
  const name = `run-${orders.dieAt}-${orders.leaseSeconds}`;
  const nodes = bare.nodes.map(({ name: node, address, addresses }, i) => ({
    name: node,
    address,
    addresses,
    netns: bare.netnsOf(bare.nodes[i]!),
    directory: bare.directoryOf(bare.nodes[i]!),
  }));
  const all: Orders = {
    run: name,
    ...orders,
    controllerAddresses: bare.controllerAddresses,
    ledger: ledgerOf(name),
    nodes,
  };
  return run([process.execPath, script, JSON.stringify(all)], { check: false });
};

/** What is left of any run on a node: rules and files. */
const leftOn = async (bare: BareNodes, node: Node): Promise<string[]> => {
  const rules = (await bare.on(node, 'nft', 'list', 'ruleset')).trim();
  const directory = bare.directoryOf(node);
  const files = existsSync(directory) ? readdirSync(directory) : [];
  return [...(rules === '' ? [] : [`${node.name}: ${rules}`]), ...files];
};
const leftAnywhere = async (bare: BareNodes): Promise<string[]> =>
  (await Promise.all(bare.nodes.map((node) => leftOn(bare, node)))).flat();

/** Waits until nothing is left; resolves with what is still there after `seconds`. */
const leftAfter = async (bare: BareNodes, seconds: number): Promise<string[]> => {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const left = await leftAnywhere(bare);
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(200);
  }
};

/** A step at which a partition was in force. */
let lastBroken = 0;

test('at every step', async () => {
  const whole = await runController(bares[0]!, { dieAt: 0, leaseSeconds });
  expect(whole.stderr).toBe('');
  const steps = Number(whole.stdout);
  expect(steps).toBeGreaterThan(40);
  expect(await leftAfter(bares[0]!, 0)).toEqual([]);

  const due = Array.from({ length: steps }, (_, i) => i + 1);
  const results: { dieAt: number; left: string[]; broke: boolean }[] = [];
  const work = async (bare: BareNodes): Promise<void> => {
    for (let dieAt = due.shift(); dieAt !== undefined; dieAt = due.shift()) {
      const died = await runController(bare, { dieAt, leaseSeconds });
      // Killed, not ended; unless this one renewed its lease less often, and so came to its end before that step.
      if (died.exitCode === 0) expect(Number(died.stdout)).toBeLessThan(dieAt);
      else expect([died.exitCode, died.stderr]).toEqual([255, '']);
      const broke = (await leftAnywhere(bare)).some((line) => line.includes('drop'));
      results.push({ dieAt, broke, left: await leftAfter(bare, leaseSeconds + 8) });
    }
  };
  await Promise.all(bares.map(work));
  expect(results.filter(({ left }) => left.length > 0)).toEqual([]);
  lastBroken = results.findLast(({ broke }) => broke)?.dieAt ?? 0;
  // The test is worth something only if many of the dead left a partition behind.
  expect(results.filter(({ broke }) => broke).length).toBeGreaterThan(10);
});

test('what the nodes did alone, the ledger settles afterwards', async () => {
  const bare = bares[0]!;
  const name = `run-${lastBroken}-${leaseSeconds}`;
  expect(lastBroken).toBeGreaterThan(0);
  const entries = readFileSync(ledgerOf(name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerEntry);
  const summary = await healFromLedger(entries, bare, { directoryOf: bare.directoryOf });
  expect(summary.failures).toEqual([]);
  expect(summary.undoneOn).toEqual({});
  expect(summary.unsettled.length).toBeGreaterThan(0);
  expect(summary.proof).toMatchObject({ holds: true });
});
