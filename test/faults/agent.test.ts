// The node agent itself, run by the real shell in temporary folders: undo before damage, lease, watchdog, node lock.
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, type TestContext, test } from 'vitest';
import type { Command, Plan } from '../../src/contract/faults.ts';
import { Agent, encodePlan } from '../../src/faults/agent.ts';
import { run, tmpNodes } from './tmp-node.ts';

/** A node of the test's own, removed when the test is over. */
const world = ({ onTestFinished }: TestContext) => {
  const made = tmpNodes(1);
  onTestFinished(made.cleanUp);
  const node = made.nodes[0]!;
  mkdirSync(node.folder);
  const directory = made.directoryOf(node);
  const at = (name: string) => join(node.folder, name);
  const agent = (name: string) => new Agent({ node, run: name, directory });
  return { node, directory, at, agent };
};
const until = async (what: () => boolean): Promise<void> => {
  for (let i = 0; i < 200 && !what(); i++) await sleep(50);
  expect(what()).toBe(true);
};

/** A fault that is a file; injecting makes it, healing removes it. */
const touches = (path: string): Plan['nodes'][string] => ({
  inject: [{ argv: ['touch', path] }],
  heal: [{ argv: ['rm', '-f', path] }],
});

describe('inject and heal', () => {
  test('strikes, heals, and gives the node back without a trace', async (context) => {
    const { agent, at, directory, node } = world(context);
    const a = agent('run-1');
    await a.prepare(15, 'run-1 of anna');
    await a.inject('f0001', { leaseSeconds: 15, commands: touches(at('broken')) });
    expect(existsSync(at('broken'))).toBe(true);
    expect(readdirSync(join(directory, 'run-1'))).toContain('f0001.plan');
    await a.heal('f0001');
    await a.heal('f0001');
    expect(existsSync(at('broken'))).toBe(false);
    expect(await a.close()).toEqual([]);
    expect(readdirSync(node.folder)).toEqual([]);
  });

  test('arguments and standard input arrive byte for byte, whatever they contain', async (context) => {
    const { agent, at } = world(context);
    const a = agent('r');
    await a.prepare(15, 'me');
    const odd = `a 'b' "c" $HOME \`id\` \\n * ; & | ü \t-n`;
    const write: Command = {
      argv: ['sh', '-c', 'printf "<%s>" "$@" >"$0"; cat >>"$0"', at('odd'), odd, '', ' '],
      stdin: 'line\n\nno newline at the end: \\ $x',
    };
    await a.inject('f0001', { leaseSeconds: 15, commands: { inject: [write], heal: [] } });
    const { stdout } = await run(['cat', at('odd')], {});
    expect(stdout).toBe(`<${odd}><>< >line\n\nno newline at the end: \\ $x`);
    await a.close();
  });

  test('a second command that fails undoes the first, and the error says what failed', async (context) => {
    const { agent, at } = world(context);
    const a = agent('r');
    await a.prepare(15, 'me');
    const commands = touches(at('broken'));
    const failing = { ...commands, inject: [...commands.inject, { argv: ['false', 'x'] }] };
    await expect(a.inject('f0001', { leaseSeconds: 15, commands: failing })).rejects.toThrow(
      'n1: fault agent could not inject: inject failed: false x',
    );
    expect(existsSync(at('broken'))).toBe(false);
    expect(await a.renew(15, { undo: [], timeoutMs: 5000 })).toEqual([]);
    await a.close();
  });

  test('a heal command that fails keeps the others going and the fault armed', async (context) => {
    const { agent, at } = world(context);
    const a = agent('r');
    await a.prepare(15, 'me');
    const guard = at('guard');
    const commands = {
      inject: [{ argv: ['touch', at('broken'), guard] }],
      heal: [{ argv: ['test', '!', '-e', guard] }, { argv: ['rm', '-f', at('broken')] }],
    };
    await a.inject('f0001', { leaseSeconds: 15, commands });
    await expect(a.heal('f0001')).rejects.toThrow(/heal failed: test/);
    expect(existsSync(at('broken'))).toBe(false);
    expect(await a.renew(15, { undo: [], timeoutMs: 5000 })).toEqual(['f0001']);
    await run(['rm', guard], {});
    expect(await a.renew(15, { undo: ['f0001'], timeoutMs: 5000 })).toEqual([]);
    await a.close();
  });

  test('faults are undone newest first', async (context) => {
    const { agent, at } = world(context);
    const a = agent('r');
    await a.prepare(15, 'me');
    for (const id of ['f0009', 'f0010', 'f0011']) {
      const heal = [{ argv: ['sh', '-c', 'echo "$1" >>"$2"', 'sh', id, at('order')] }];
      await a.inject(id, { leaseSeconds: 15, commands: { inject: [], heal } });
    }
    expect(await a.close()).toEqual(['f0009', 'f0010', 'f0011']);
    expect((await run(['cat', at('order')], {})).stdout).toBe('f0011\nf0010\nf0009\n');
  });

  test('a torn plan does nothing', async (context) => {
    const { agent, at, directory } = world(context);
    const a = agent('r');
    await a.prepare(15, 'me');
    const whole = encodePlan(touches(at('broken')));
    for (let length = 0; length < whole.length - 1; length += 7) {
      const folder = join(directory, 'r');
      const argv = ['sh', join(folder, 'agent'), folder, 'inject', '15', 'f0001'];
      const result = await run(argv, { stdin: whole.slice(0, length), check: false });
      expect(result.exitCode).toBe(1);
      expect(existsSync(at('broken'))).toBe(false);
    }
    await a.close();
  });
});

describe.concurrent('the lease', () => {
  test('runs out: the watchdog undoes everything and gives the node back', async (context) => {
    const { agent, at, node } = world(context);
    const a = agent('r');
    await a.prepare(2, 'me');
    await a.inject('f0001', { leaseSeconds: 2, commands: touches(at('broken')) });
    expect(existsSync(at('broken'))).toBe(true);
    await until(() => !existsSync(at('broken')));
    await until(() => readdirSync(node.folder).length === 0);
    expect(await a.renew(2, { undo: [], timeoutMs: 5000 })).toBeUndefined();
    const late = a.inject('f0002', { leaseSeconds: 2, commands: touches(at('broken')) });
    await expect(late).rejects.toMatchObject({ code: 'lease-lost', exitCode: 4 });
    expect(existsSync(at('broken'))).toBe(false);
  });

  test('renewed in time, it keeps the fault', async (context) => {
    const { agent, at } = world(context);
    const a = agent('r');
    await a.prepare(2, 'me');
    await a.inject('f0001', { leaseSeconds: 2, commands: touches(at('broken')) });
    for (let i = 0; i < 6; i++) {
      await sleep(600);
      expect(await a.renew(3, { undo: [], timeoutMs: 5000 })).toEqual(['f0001']);
    }
    expect(existsSync(at('broken'))).toBe(true);
    await a.close();
  });

  test('a heal that fails is tried again until it succeeds', async (context) => {
    const { agent, at, node } = world(context);
    const a = agent('r');
    await a.prepare(1, 'me');
    writeFileSync(at('guard'), '');
    const heal = [{ argv: ['test', '!', '-e', at('guard')] }];
    await a.inject('f0001', { leaseSeconds: 1, commands: { inject: [], heal } });
    await sleep(3000);
    expect(existsSync(join(node.folder, 'ordeal', 'r', 'f0001.plan'))).toBe(true);
    await run(['rm', at('guard')], {});
    await until(() => readdirSync(node.folder).length === 0);
  });

  test('an inject command that hangs is cut off and undone by the end of the lease', async (context) => {
    const { agent, at } = world(context);
    const a = agent('r');
    await a.prepare(2, 'me');
    const commands = touches(at('broken'));
    const hanging = { ...commands, inject: [...commands.inject, { argv: ['sleep', '60'] }] };
    await expect(a.inject('f0001', { leaseSeconds: 2, commands: hanging })).rejects.toThrow();
    await until(() => !existsSync(at('broken')));
  });
});

describe('the node lock', () => {
  test('a second run is refused, naming the owner, and leaves no trace', async (context) => {
    const { agent, directory } = world(context);
    const first = agent('first');
    await first.prepare(15, 'run first (process 7 on host)');
    await expect(agent('second').prepare(15, 'second')).rejects.toMatchObject({
      message: 'n1 is held by run first (process 7 on host)',
      code: 'node-held',
      exitCode: 4,
    });
    expect(readdirSync(directory)).toEqual(['first']);
    await first.close();
    await agent('second').prepare(15, 'second');
    await agent('second').close();
  });

  test('a stale run (no watchdog left, lease out) is undone and taken over', async (context) => {
    const { agent, at, directory } = world(context);
    const folder = join(directory, 'dead');
    mkdirSync(folder, { recursive: true });
    writeFileSync(at('broken'), '');
    writeFileSync(join(folder, 'lease'), '1\n');
    writeFileSync(join(folder, 'f0001.plan'), encodePlan(touches(at('broken'))));
    const next = agent('next');
    await next.prepare(15, 'next');
    expect(existsSync(at('broken'))).toBe(false);
    expect(readdirSync(directory)).toEqual(['next']);
    await next.close();
  });

  test('sweep leaves live runs alone unless forced', async (context) => {
    const { agent, at, node } = world(context);
    const live = agent('live');
    await live.prepare(15, 'live');
    await live.inject('f0001', { leaseSeconds: 15, commands: touches(at('broken')) });
    expect(await agent('any').sweep(false)).toEqual({ swept: [], live: ['live'] });
    expect(existsSync(at('broken'))).toBe(true);
    expect(await agent('any').sweep(true)).toEqual({ swept: ['live'], live: [] });
    expect(readdirSync(node.folder)).toEqual([]);
  });

  test('two runs that prepare at the same moment: exactly one gets the node', async (context) => {
    const { agent } = world(context);
    const names = ['a', 'b', 'c', 'd'];
    const results = await Promise.allSettled(names.map((name) => agent(name).prepare(15, name)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const [i, result] of results.entries())
      if (result.status === 'fulfilled') await agent(names[i]!).close();
  });
});

describe('ping', () => {
  test('tells who answers', async (context) => {
    const { agent } = world(context);
    const asked = ['127.0.0.1', '127.0.0.9', 'no such address'];
    const answers = await agent('r').ping(asked.map((address) => ({ address, seconds: 1 })));
    expect([...answers].sort()).toEqual(['127.0.0.1', '127.0.0.9']);
  });

  test.each([
    ['missing', undefined, 'there is no ping on this node'],
    ['broken', '/bin/false', 'ping does not work on this node'],
  ])('%s: an error with the reason, never "silent"', async (_, ping, reason) => {
    const { nodes, cleanUp } = tmpNodes(1);
    try {
      const bin = nodes[0]!.folder;
      mkdirSync(bin);
      symlinkSync('/bin/sh', join(bin, 'sh'));
      if (ping !== undefined) symlinkSync(ping, join(bin, 'ping'));
      const remote = {
        ...nodes[0]!.remote,
        exec: (argv: readonly string[], options = {}) =>
          run(argv, { ...options, env: { PATH: bin } }),
      };
      const node = { ...nodes[0]!, remote };
      const asking = new Agent({ node, run: 'r' }).ping([{ address: '127.0.0.1', seconds: 1 }]);
      await expect(asking).rejects.toThrow(`n1: fault agent could not ping: ${reason}`);
    } finally {
      cleanUp();
    }
  });
});
