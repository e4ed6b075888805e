// The life of a test against a small world in memory, with the nth thing that happens failing, for every n.
import { describe, expect, test } from 'vitest';
import type { Client } from '../../src/contract/client.ts';
import type { RunEvent } from '../../src/contract/events.ts';
import type { NemesisPackage } from '../../src/contract/nemesis.ts';
import type { Node } from '../../src/contract/node.ts';
import type { System } from '../../src/contract/system.ts';
import { type Ending, live } from '../../src/runner/life.ts';

/** Every effect goes through here: it is noted, and the nth one fails. */
class World {
  readonly done: string[] = [];
  readonly #failAt: number;
  readonly #hangsAt: string | undefined;
  constructor(failAt: number, hangsAt?: string) {
    this.#failAt = failAt;
    this.#hangsAt = hangsAt;
  }
  async act(what: string): Promise<void> {
    this.done.push(what);
    if (what === this.#hangsAt) await new Promise(() => undefined);
    if (this.done.length - 1 === this.#failAt)
      throw new Error(`planted failure at step ${this.#failAt}: ${what}`);
  }
}

const nodesOf = (world: World): Node[] =>
  ['n1', 'n2'].map((name) => ({
    name,
    address: '127.0.0.1',
    addresses: ['127.0.0.1'],
    remote: {
      node: name,
      exec: async (argv) => {
        await world.act(`${name} ${argv[0]}`);
        return { exitCode: 0, stdout: '1\n', stderr: '' };
      },
      upload: () => world.act(`${name} upload`),
      download: () => world.act(`${name} download`),
      close: async () => undefined,
    },
  }));

const systemOf = (world: World): System => ({
  about: 'a world in memory',
  install: (node) => world.act(`${node.name} install`),
  start: (node) => world.act(`${node.name} start`),
  ready: (node) => world.act(`${node.name} ready`),
  kill: (node) => world.act(`${node.name} kill`),
  wipe: (node) => world.act(`${node.name} wipe`),
  logFiles: () => ['/var/log/db.log'],
  clients: {},
});

/** Breaks things that fault control knows nothing of. */
const nemesisOf = (world: World): NemesisPackage => ({
  about: 'breaks things by itself',
  needs: [],
  bands: [],
  fs: [],
  generator: () => null,
  restore: () => world.act('restore'),
  invoke: async () => ({ type: 'info' }),
});

const clientOf = (world: World): Client => ({
  open: async () => clientOf(world),
  setup: () => world.act('client setup'),
  teardown: () => world.act('client teardown'),
  invoke: async () => ({ type: 'ok' }),
});

const liveOnce = async (
  failAt: number,
  interrupt = new AbortController(),
  hangsAt?: string,
): Promise<{ done: string[]; phases: string[]; ending: Ending }> => {
  const world = new World(failAt, hangsAt);
  const phases: string[] = [];
  const nodes = nodesOf(world);
  const ending = await live({
    nodes,
    system: systemOf(world),
    systemContext: { nodes, options: {}, log: () => undefined, signal: interrupt.signal },
    client: clientOf(world),
    nemeses: [nemesisOf(world)],
    faults: {
      active: [],
      inject: () => Promise.reject(new Error('not in this test')),
      heal: () => Promise.reject(new Error('not in this test')),
      healAll: async () => {
        await world.act('heal');
        return { holds: true, says: 'nothing was broken' };
      },
    },
    journal: {
      append: () => undefined,
      flush: async () => undefined,
      close: () => world.act('close history'),
    },
    emit: (event: RunEvent) => {
      if (event.type === 'phase') phases.push(event.phase);
    },
    interrupt: interrupt.signal,
    logsFolder: '/nowhere',
    systemMs: 100,
    clientMs: 100,
    keep: false,
    perform: async () => {
      await world.act('perform');
      return { interrupted: interrupt.signal.aborted };
    },
  });
  return { done: world.done, phases, ending };
};

const steps = (await liveOnce(-1)).done;

describe('the life of a test', () => {
  test('goes well when nothing fails', async () => {
    const { ending, phases } = await liveOnce(-1);
    expect(ending).toEqual({ failures: [], healed: true, interrupted: false });
    expect(phases).toEqual(['install', 'run', 'heal', 'logs', 'teardown']);
    expect(steps.length).toBeGreaterThan(20);
  });

  test.each([
    ['n1 install', 'n1: install'],
    ['n2 start', 'n2: start'],
    ['n1 ready', 'n1: ready'],
    ['client setup', 'n1: client setup'],
    ['client teardown', 'n1: client teardown'],
    ['restore', 'putting back what a nemesis broke'],
    ['n2 wipe', 'n2: wipe'],
  ])('%s may hang for ever: the run ends, and says so', async (step, says) => {
    const { done, ending } = await liveOnce(-1, new AbortController(), step);
    expect(ending.failures[0]?.message).toBe(`${says}: not done within 0.1 s`);
    for (const end of ['close history', 'heal', 'n1 stat', 'n1 kill']) expect(done).toContain(end);
  });

  test.each(steps.map((what, n) => [n, what] as const))(
    'step %i (%s) may fail: the end keeps its order',
    async (n, what) => {
      const { done, ending } = await liveOnce(n);
      const order = ['close history', 'heal', 'restore', 'n1 stat', 'n1 kill'].map((step) =>
        done.lastIndexOf(step),
      );
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(order).not.toContain(-1);
      expect(ending.failures.map((failure) => failure.message).join()).toContain(
        `planted failure at step ${n}`,
      );
      expect(ending.healed).toBe(!['heal', 'restore'].includes(what));
    },
  );

  test('an interrupt is no failure', async () => {
    const interrupt = new AbortController();
    interrupt.abort();
    const { ending } = await liveOnce(steps.indexOf('perform'), interrupt);
    expect(ending).toEqual({ failures: [], healed: true, interrupted: true });
  });

  test('what a nemesis broke by itself is put back also after an interrupt', async () => {
    const interrupt = new AbortController();
    interrupt.abort();
    const { done } = await liveOnce(-1, interrupt);
    expect(done).toContain('restore');
  });
});
