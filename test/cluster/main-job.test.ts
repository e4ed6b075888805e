// The main job end to end, as a user runs it: real sshd, real etcd, real partitions, real verdicts.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRun, readHistory } from '../../src/store/reading.ts';
import {
  freshResults,
  insideNode,
  jsonFile,
  jsonLines,
  ordeal,
  startOrdeal,
  theRun,
  traces,
  until,
} from './ordeal-command.ts';

let results = '';
let before: string[] = [];
beforeEach(() => {
  results = freshResults();
  before = traces();
});
afterEach(() => {
  rmSync(results, { recursive: true, force: true });
  expect(traces()).toEqual(before);
});

const test5 = (...args: string[]): string[] => [
  'test',
  'register',
  '--results',
  results,
  '--nemesis',
  'partition',
  '--nemesis-interval',
  '3',
  '--recovery',
  '3',
  ...args,
];

describe('ordeal test register --nemesis partition', () => {
  test('linearizable reads: valid, with every fault proven and healed', async () => {
    const { code, output } = await ordeal(...test5('--time-limit', '20', '--seed', '1'));
    expect(output).toContain('VALID');
    expect(code).toBe(0);
    const verdict = jsonFile(join(theRun(results), 'verdict.json'));
    expect(verdict).toMatchObject({ valid: true, exitCode: 0, healed: true });
    const faults = jsonLines(join(theRun(results), 'faults.jsonl'));
    const planned = faults
      .filter((entry) => entry['type'] === 'planned')
      .map((entry) => entry['id']);
    expect(planned.length).toBeGreaterThan(1);
    for (const type of ['injected', 'verified', 'healed'])
      expect(faults.filter((entry) => entry['type'] === type).map((entry) => entry['id'])).toEqual(
        planned,
      );
    for (const entry of faults)
      if (entry['proof']) expect(entry['proof']).toMatchObject({ holds: true });
    expect(readFileSync(join(theRun(results), 'report.html'), 'utf8')).toContain('<!doctype html>');
    expect(existsSync(join(theRun(results), 'junit.xml'))).toBe(true);
    expect(existsSync(join(theRun(results), 'nodes/n3'))).toBe(true);
    expect(output.trimEnd().split('\n').at(-1)).toMatch(/npx ordeal test register .*--seed 1/);
  });

  test('serializable reads: invalid, with a stale read as the witness', async () => {
    const { code, output } = await ordeal(
      ...test5('--time-limit', '20', '--seed', '2', '--serializable-reads'),
    );
    expect(output).toContain('INVALID');
    expect(output).toMatch(/stale|although/);
    expect(code).toBe(1);
    expect(jsonFile(join(theRun(results), 'verdict.json'))).toMatchObject({
      valid: false,
      exitCode: 1,
      healed: true,
    });
    const again = await ordeal('check', theRun(results));
    expect(again.code).toBe(1);
  });

  test('Ctrl-C in the middle of a partition: heals, proves it, keeps the history, exits 130', async () => {
    const running = startOrdeal(test5('--time-limit', '60', '--seed', '3'));
    await until(
      () =>
        existsSync(join(theRun(results), 'faults.jsonl')) &&
        readFileSync(join(theRun(results), 'faults.jsonl'), 'utf8').includes('"verified"'),
      { running },
    );
    running.kill('SIGINT');
    const { code, output } = await running.ended;
    expect(output).toContain('INTERRUPTED');
    expect(code).toBe(130);
    const faults = jsonLines(join(theRun(results), 'faults.jsonl'));
    expect(faults.at(-1)).toMatchObject({ type: 'healed', proof: { holds: true } });
    expect(jsonFile(join(theRun(results), 'verdict.json'))).toMatchObject({ healed: true });
    expect((await readHistory(await openRun(theRun(results)))).length).toBeGreaterThan(100);
  });

  test('a second Ctrl-C ends at once and prints how to heal by hand, and that works', async () => {
    const running = startOrdeal(test5('--time-limit', '60', '--seed', '4'));
    await until(
      () =>
        existsSync(join(theRun(results), 'faults.jsonl')) &&
        readFileSync(join(theRun(results), 'faults.jsonl'), 'utf8').includes('"verified"'),
      { running },
    );
    running.kill('SIGINT');
    running.kill('SIGTERM');
    const { code, output } = await running.ended;
    expect(code).toBe(130);
    const heal = /npx ordeal (heal \S+); npx ordeal (cluster down \S+)/.exec(output);
    expect(heal).not.toBeNull();
    const healed = await ordeal(...(heal?.[1] ?? '').replace(/[.;]$/, '').split(' '));
    expect(healed.output).toMatch(/faults were not settled/);
    expect(healed.code).toBe(0);
    const down = await ordeal(...(heal?.[2] ?? '').split(' '));
    expect(down.code).toBe(0);
  });

  test('kill -9 in the middle of a partition: the nodes heal themselves, the folder can be judged', async () => {
    const running = startOrdeal(test5('--time-limit', '60', '--seed', '5'));
    await until(
      () =>
        existsSync(join(theRun(results), 'faults.jsonl')) &&
        readFileSync(join(theRun(results), 'faults.jsonl'), 'utf8').includes('"verified"'),
      { running },
    );
    const cluster = String(
      (jsonFile(join(theRun(results), 'test.json'))['cluster'] as { name: string }).name,
    );
    // Asked in the nodes' namespaces directly: neither the tool nor its SSH has a part in it.
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
    const rules = (): string =>
      nodes.map((node) => insideNode({ cluster, node }, ['nft', 'list', 'ruleset'])).join('');
    running.kill('SIGKILL');
    await running.ended;
    try {
      expect(rules()).toContain('drop');
      const killedAt = performance.now();
      let left = await rules();
      while (left.includes('ordeal') && performance.now() - killedAt < 20_000) left = await rules();
      expect(left).not.toMatch(/ordeal/i);
      for (const node of nodes)
        for (const peer of nodes) insideNode({ cluster, node }, ['ping', '-c1', '-W2', '-q', peer]); // throws when silent
      const checked = await ordeal('check', theRun(results));
      expect(checked.code).toBe(0);
      expect(jsonFile(join(theRun(results), 'verdict.json'))).toMatchObject({ valid: true });
    } finally {
      await ordeal('cluster', 'down', cluster);
    }
  });
});
