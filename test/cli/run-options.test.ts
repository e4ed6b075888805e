// The options of `ordeal test` that shape the interpreter and the faults: read, checked, repeated.
import { expect, test } from 'vitest';
import { loadParts, planOf, repeatCommand, testOptions } from '../../src/cli/test-options.ts';

const parts = await loadParts({ workload: 'register', system: 'etcd', nemesis: 'partition,kill' });
const defaults = Object.fromEntries(
  Object.entries(testOptions).flatMap(([name, spec]) =>
    'default' in spec ? [[name, spec.default]] : [],
  ),
);
const argv = (given: Readonly<Record<string, unknown>>) => ({
  ...defaults,
  nemesis: 'partition,kill',
  ...given,
});
const plan = (given: Readonly<Record<string, unknown>>) => planOf(parts, argv(given), () => 7);

test('--max-faulty: a number, minority, all, or nothing', () => {
  expect(plan({}).maxFaulty).toBeUndefined();
  expect(plan({ 'max-faulty': '2' }).maxFaulty).toBe(2);
  expect(plan({ 'max-faulty': 'minority' }).maxFaulty).toBe('minority');
  expect(plan({ 'max-faulty': 'all' }).maxFaulty).toBe('all');
  expect(() => plan({ 'max-faulty': 'most' })).toThrow(
    '--max-faulty must be a number of nodes, minority or all, not most',
  );
});

test('--client-workers: none unless told, and not without end', () => {
  expect(plan({}).clientWorkers).toBe(0);
  expect(plan({ 'client-workers': 2 }).clientWorkers).toBe(2);
  expect(() => plan({ 'client-workers': -1 })).toThrow('--client-workers must not be negative');
  expect(() => plan({ 'client-workers': 65 })).toThrow('--client-workers must be at most 64');
});

test('both are part of the command that repeats the run', () => {
  const given = argv({ 'max-faulty': '1', 'client-workers': 3 });
  const command = repeatCommand(
    planOf(parts, given, () => 7),
    given,
    'register',
  );
  expect(command).toContain('--max-faulty 1');
  expect(command).toContain('--client-workers 3');
  expect(command).toContain('--seed 7');
});
