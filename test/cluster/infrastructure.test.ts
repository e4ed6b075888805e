// What goes wrong around a run: one clear line, the right exit code, and nothing left broken.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readHistory } from '../../src/store/reading.ts';
import { runAt } from '../../src/store/run-folder.ts';
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

const cluster = `run-infra-${process.pid.toString(36).padStart(5, '0').slice(-5)}`;
let results = '';
beforeAll(async () => {
  expect((await ordeal('cluster', 'up', 'netns', '--nodes', '3', '--name', cluster)).code).toBe(0);
});
afterAll(async () => {
  await ordeal('cluster', 'down', cluster);
  expect(traces()).toEqual([]);
});
beforeEach(() => {
  results = freshResults();
});
afterEach(() => rmSync(results, { recursive: true, force: true }));

const onCluster = (...args: string[]): string[] => [
  'test',
  'register',
  '--results',
  results,
  '--cluster-name',
  cluster,
  '--nodes',
  '3',
  '--nemesis',
  'partition',
  '--nemesis-interval',
  '2',
  '--recovery',
  '2',
  ...args,
];
const verdictLine = (output: string): string =>
  output.split('\n').find((line) => /^. [A-Z]{4}/.test(line)) ?? '';
const faultsFile = (): string => join(theRun(results), 'faults.jsonl');
const seen = (text: string) => (): boolean =>
  existsSync(faultsFile()) && readFileSync(faultsFile(), 'utf8').includes(text);

describe('around a run', () => {
  test('two runs on one cluster: the second is refused and names the first, which goes on', async () => {
    const first = startOrdeal(onCluster('--time-limit', '8'));
    await until(() => first.output().includes('running'), { running: first });
    const second = await ordeal(
      'test',
      'register',
      '--results',
      `${results}/second`,
      '--cluster-name',
      cluster,
      '--nodes',
      '3',
      '--time-limit',
      '5',
    );
    expect(second.code).toBe(4);
    expect(verdictLine(second.output)).toMatch(/INFRASTRUCTURE .*n\d is held by run /);
    expect((await first.ended).code).toBe(0);
  });

  test('a node whose sshd dies in the middle of a partition: named, healed by its lease, exit 4', async () => {
    const running = startOrdeal(onCluster('--time-limit', '12'));
    await until(seen('"verified"'), { running });
    insideNode({ cluster, node: 'n2' }, [
      'sh',
      '-c',
      'mv /usr/sbin/sshd /usr/sbin/sshd.gone; pkill -9 -x sshd; true',
    ]);
    const { code, output } = await running.ended;
    insideNode({ cluster, node: 'n2' }, ['mv', '/usr/sbin/sshd.gone', '/usr/sbin/sshd']);
    expect(code).toBe(4);
    expect(verdictLine(output)).toMatch(/INFRASTRUCTURE .*n2 .*connection refused/);
    expect(jsonFile(join(theRun(results), 'verdict.json'))).toMatchObject({
      valid: true,
      healed: true,
    });
    expect(jsonLines(faultsFile()).filter(({ type }) => type === 'healed').length).toBeGreaterThan(
      0,
    );
    for (const node of ['n1', 'n2', 'n3'])
      expect(insideNode({ cluster, node }, ['nft', 'list', 'ruleset'])).toBe('');
    await ordeal('cluster', 'down', cluster);
    expect((await ordeal('cluster', 'up', 'netns', '--nodes', '3', '--name', cluster)).code).toBe(
      0,
    );
  });

  test('an etcd that never becomes healthy: its own last words, exit 4, no operation, unknown', async () => {
    // Something else answers on etcd's port of n2.
    insideNode({ cluster, node: 'n2' }, [
      '/usr/sbin/sshd',
      '-f',
      '/etc/ssh/ordeal/sshd_config',
      '-p',
      '2379',
      '-o',
      'ListenAddress=0.0.0.0:2379',
      '-o',
      'PidFile=/run/squatter.pid',
    ]);
    const { code, output } = await ordeal(...onCluster('--time-limit', '5'));
    insideNode({ cluster, node: 'n2' }, ['sh', '-c', 'kill $(cat /run/squatter.pid)']);
    expect(code).toBe(4);
    expect(verdictLine(output)).toMatch(/INFRASTRUCTURE .*n2: etcd .*address already in use/);
    expect(jsonFile(join(theRun(results), 'verdict.json'))).toMatchObject({
      valid: 'unknown',
      healed: true,
    });
  });

  test('a full disk under results/: said once, healed, what was written stays readable', async () => {
    const small = join(results, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', small]);
    try {
      const args = onCluster('--time-limit', '20');
      args[args.indexOf(results)] = small;
      const { code, output } = await ordeal(...args);
      expect(code).toBe(4);
      expect(verdictLine(output)).toMatch(/INFRASTRUCTURE .*no space left/);
      expect(output).toMatch(/^report +could not be written/m);
      expect((await readHistory(runAt(theRun(small)))).length).toBeGreaterThan(100);
      for (const node of ['n1', 'n2', 'n3'])
        expect(insideNode({ cluster, node }, ['nft', 'list', 'ruleset'])).toBe('');
    } finally {
      execFileSync('umount', [small]);
    }
  });

  test('a run in which no operation succeeded is unknown, never valid', async () => {
    const system = join(results, 'mute.ts');
    writeFileSync(
      system,
      `// A system whose clients never get an answer.
const client = { open: async () => client, invoke: async () => ({ type: 'fail', error: ['mute'] }) };
export const system = { about: 'never answers', start: async () => undefined, clients: { register: () => client } };\n`,
    );
    const { code, output } = await ordeal(
      'test',
      'register',
      '--results',
      results,
      '--cluster-name',
      cluster,
      '--nodes',
      '3',
      '--time-limit',
      '2',
      '--system',
      system,
    );
    expect(verdictLine(output)).toMatch(/UNKNOWN .*[Nn]o operation succeeded/);
    expect(code).toBe(2);
  });

  test("a run of one's own workload file is judged again by that file", async () => {
    const file = join(results, 'quiet.ts');
    writeFileSync(
      file,
      `// Reads only.
export const workload = {
  about: 'reads', vocabulary: 'register',
  generator: () => () => ({ f: 'read', key: 1 }),
  checkers: () => ({ own: () => ({ valid: true, said: 'by the file' }) }),
};\n`,
    );
    const ran = await ordeal(
      'test',
      file,
      '--results',
      results,
      '--cluster-name',
      cluster,
      '--time-limit',
      '2',
    );
    expect(ran.code).toBe(0);
    const again = await ordeal('check', theRun(results));
    expect(again.code).toBe(0);
    expect(jsonFile(join(theRun(results), 'verdict.json'))).toMatchObject({
      checkers: { own: { said: 'by the file' } },
    });
  });
});
