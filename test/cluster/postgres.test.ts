// PostgreSQL end to end: each isolation level is convicted of what it permits and of no more, also across kill -9.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckOptions, check, type TxnOp } from 'elle-js-bridge';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Op } from '../../src/history/op.ts';
import { openRun, readHistory } from '../../src/store/reading.ts';
import { type Ended, freshResults, jsonFile, ordeal, theRun } from './ordeal-command.ts';

let results = '';
beforeEach(() => {
  results = freshResults();
});
afterEach(() => {
  rmSync(results, { recursive: true, force: true });
});

/** As many transactions as the machine can do, on few keys: what a level permits happens within seconds. */
const load = ['--rate', '1000', '--concurrency', '10', '--seed', '1'];

const run = (workload: string, seconds: number, ...args: string[]): Promise<Ended> => {
  const limit = ['--time-limit', String(seconds)];
  return ordeal(
    'test',
    workload,
    '--system',
    'postgres',
    '--results',
    results,
    ...limit,
    ...load,
    ...args,
  );
};

type Isolation = {
  readonly valid: unknown;
  readonly anomalyTypes: readonly string[];
  readonly not: readonly string[];
  readonly witness?: { readonly title: string; readonly ops: readonly unknown[] };
};
const verdict = (): Isolation =>
  (jsonFile(join(theRun(results), 'verdict.json'))['checkers'] as { isolation: Isolation })
    .isolation;

const history = async (): Promise<readonly Op[]> => readHistory(await openRun(theRun(results)));

/** What the same history says of another model. */
const satisfies = async (workload: CheckOptions['workload'], model: string): Promise<unknown> =>
  check((await history()).filter(({ f }) => f === 'txn') as readonly TxnOp[], {
    workload,
    consistencyModels: [model],
    ...(workload === 'rw-register' ? { linearizableKeys: true, beyondElle: true } : {}),
  }).valid;

/** What no level of PostgreSQL's permits. */
const never = /^(G0|G1|garbage|duplicate|incompatible|dirty|cyclic|future)/;

describe('list-append', () => {
  test('read committed: reads skewed, updates lost, but no dirty read and no dirty write', async () => {
    const { code, output } = await run('list-append', 4, '--isolation', 'read-committed');
    expect(output).toContain('INVALID');
    expect(code).toBe(1);
    const { valid, anomalyTypes, witness } = verdict();
    expect(valid).toBe(false);
    expect(anomalyTypes.join()).toMatch(/G-single|lost-update/);
    expect(anomalyTypes.filter((type) => never.test(type))).toEqual([]);
    expect(witness?.ops.length).toBeGreaterThan(0);
    expect(await satisfies('list-append', 'read-committed')).toBe(true);
    expect(await satisfies('list-append', 'snapshot-isolation')).toBe(false);
  });
});

describe('under kill -9 and restart', () => {
  const kills = [
    '--nemesis',
    'kill',
    '--kill',
    'one',
    '--nemesis-interval',
    '1',
    '--recovery',
    '3',
  ];

  /** The server was killed, how often depends on how busy the machine is, and served again. */
  const expectRevival = async (): Promise<void> => {
    const ops = await history();
    const kill = ops.find(({ f, type, error }) => f === 'kill' && type === 'info' && !error);
    expect(kill).toBeDefined();
    const after = ops.slice(kill?.index).filter(({ f }) => f === 'txn');
    expect(after.filter(({ type }) => type === 'ok').length).toBeGreaterThan(9);
    const refused = ({ type, error }: Op): boolean =>
      type === 'fail' && error?.[0] === 'ECONNREFUSED';
    expect(after.some(refused)).toBe(true);
    expect(jsonFile(join(theRun(results), 'verdict.json'))).toMatchObject({ healed: true });
  };

  test('serializable: strictly so on one server', async () => {
    const args = [...kills, '--isolation', 'serializable'];
    const { code } = await run('list-append', 10, ...args);
    expect(verdict()).toMatchObject({ valid: true, anomalies: {} });
    expect(code).toBe(0);
    await expectRevival();
  });

  test('repeatable read: write skew, and nothing that a snapshot forbids', async () => {
    const args = [...kills, '--isolation', 'repeatable-read'];
    const { code, output } = await run('list-append', 10, ...args);
    expect(output).toMatch(/write skew.*G2-item/);
    expect(code).toBe(1);
    const { anomalyTypes } = verdict();
    expect(anomalyTypes).toContain('G2-item');
    expect(anomalyTypes.filter((type) => !type.startsWith('G2-item'))).toEqual([]);
    expect(await satisfies('list-append', 'strong-snapshot-isolation')).toBe(true);
    expect(await satisfies('list-append', 'serializable')).toBe(false);
    await expectRevival();
  });
});

describe('rw-register', () => {
  const linear = '--linearizable-keys';

  test('read committed is convicted, of no dirty read or write', async () => {
    const { code } = await run('rw-register', 3, linear, '--isolation', 'read-committed');
    expect(code).toBe(1);
    expect(verdict().anomalyTypes.filter((type) => never.test(type))).toEqual([]);
    expect(await satisfies('rw-register', 'read-committed')).toBe(true);
  });

  test('serializable is cleared', async () => {
    const { code } = await run('rw-register', 3, linear, '--isolation', 'serializable');
    expect(verdict()).toMatchObject({ valid: true, anomalies: {} });
    expect(code).toBe(0);
  });
});

test('more nodes than one are refused before anything is touched', async () => {
  const { code, output } = await run('list-append', 5, '--nodes', '3');
  expect(output).toContain('--nodes must be at most 1 for system postgres, not 3');
  expect(code).toBe(254);
});
