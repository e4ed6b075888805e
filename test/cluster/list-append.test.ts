// Transactions on etcd end to end: strictly serializable under partitions and kills, convicted when its reads may be stale.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckOptions, check, type TxnOp } from 'elle-js-bridge';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRun, readHistory } from '../../src/store/reading.ts';
import { type Ended, freshResults, jsonFile, ordeal, theRun } from './ordeal-command.ts';

let results = '';
beforeEach(() => {
  results = freshResults();
});
afterEach(() => {
  rmSync(results, { recursive: true, force: true });
});

const run = (seconds: number, ...args: string[]): Promise<Ended> => {
  const limits = ['--time-limit', String(seconds), '--recovery', '3', '--rate', '400'];
  return ordeal('test', 'list-append', '--results', results, '--seed', '1', ...limits, ...args);
};

const satisfies = async (consistencyModel: string): Promise<unknown> => {
  const ops = await readHistory(await openRun(theRun(results)));
  const options: CheckOptions = { workload: 'list-append', consistencyModels: [consistencyModel] };
  return check(ops.filter(({ f }) => f === 'txn') as readonly TxnOp[], options).valid;
};

test('under partitions and kill -9 of a member: never accused', async () => {
  const faults = ['--nemesis', 'partition,kill', '--kill', 'one', '--nemesis-interval', '2.5'];
  const { code } = await run(11, ...faults, '--partition', 'halves,one');
  expect(code).toBe(0);
  const verdict = jsonFile(join(theRun(results), 'verdict.json'));
  expect(verdict).toMatchObject({ valid: true, healed: true });
  const ops = await readHistory(await openRun(theRun(results)));
  const count = (f: string, type: string): number =>
    ops.filter((op) => op.f === f && op.type === type && op.error === undefined).length;
  expect(count('txn', 'ok')).toBeGreaterThan(200);
  expect(count('kill', 'info')).toBeGreaterThan(0);
  expect(count('start-partition', 'info')).toBeGreaterThan(0);
});

test('reads that do not ask the leader are stale behind a partition: serializable, not strictly', async () => {
  const faults = ['--nemesis', 'partition', '--partition', 'halves', '--nemesis-interval', '3'];
  const { code, output } = await run(10, ...faults, '--serializable-reads');
  expect(output).toMatch(/stale read/);
  expect(code).toBe(1);
  expect(await satisfies('serializable')).toBe(true);
});
