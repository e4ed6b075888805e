// The "unseed" check: under virtual time a seed decides every byte, whatever the process, locale, time zone and load.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fork, rngOf } from '../../src/base/random.ts';

const fixture = join(import.meta.dirname, '../fixtures/play-workloads.ts');
const play = async (seed: number, env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [fixture, String(seed)], {
    env: { ...process.env, ...env },
  });
  return stdout;
};

const burners: ChildProcess[] = [];
beforeAll(() => {
  for (let i = 0; i < 2; i++)
    burners.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
});
afterAll(() => {
  for (const burner of burners) burner.kill('SIGKILL');
});

test('the same seed gives the same bytes in two processes, another locale, time zone and load', async () => {
  const abroad = { TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
  const [here, there, other] = await Promise.all([
    play(1, { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' }),
    play(1, { ...abroad, NODE_OPTIONS: '--max-semi-space-size=1' }),
    play(2),
  ]);
  expect(here).toMatch(/^list-append [0-9a-f]{64}$/m);
  expect(there).toBe(here);
  const linesOf = (text: string): Set<string> => new Set(text.trim().split('\n'));
  expect(linesOf(other).intersection(linesOf(here)).size).toBe(0);
});

test('streams go by name: one does not depend on what was drawn from, or forked beside, another', () => {
  const root = rngOf(7);
  const before = fork(root, 'generator');
  for (const name of ['answers', 'nemesis', 'generator2']) fork(root, name);
  expect(fork(root, 'generator')).toEqual(before);
  expect(fork({ ...root, count: 99 }, 'generator')).toEqual(before);
  const names = ['generator', 'generator2', 'answers', 'nemesis', '', 'rotareneg'];
  const keys = names.map((name) => JSON.stringify(fork(root, name)));
  expect(new Set(keys).size).toBe(names.length);
});
