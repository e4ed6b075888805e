// kill -9 of whoever makes a cluster, at every step and in between: `down` leaves the machine as it was.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import { heldSubnets, processesOf, tracesOf } from './netns-traces.ts';

const because = process.getuid?.() === 0 ? '' : ' (skipped: needs root)';
const maker = join(import.meta.dirname, 'netns-maker.ts');

/** Progress messages of `up`: one for each step. */
const steps = 7;

describe.skipIf(because !== '')(`the maker of a cluster is killed${because}`, () => {
  let stateFolder: string;
  beforeAll(async () => {
    stateFolder = await mkdtemp('/var/tmp/ordeal-netns-killed-');
  });
  afterAll(async () => {
    await netnsProvider({ stateFolder }).downAll();
    await rm(stateFolder, { recursive: true });
  });

  /** Lets a maker die and looks at what it left. */
  const makeAndDie = async (unit: 'step' | 'ms', number: number) => {
    const made = await execa(
      process.execPath,
      [maker, stateFolder, 'victim', unit, String(number)],
      { reject: false },
    );
    expect(made.signal).toBe('SIGKILL');
    return { isReady: made.stdout === 'ready', subnets: await heldSubnets(stateFolder) };
  };

  /** Removes the rest, twice, and finds nothing. */
  const removeAll = async (subnets: readonly number[]) => {
    const provider = netnsProvider({ stateFolder });
    await provider.down('victim');
    expect(await tracesOf(stateFolder, subnets)).toEqual([]);
    await provider.down('victim');
    expect(await provider.list()).toEqual([]);
  };

  test.each(Array.from({ length: steps + 1 }, (_, step) => step))(
    'before step %i',
    async (step) => {
      const { isReady, subnets } = await makeAndDie('step', step);
      expect(isReady).toBe(step === steps);
      if (step > 0) {
        const [info] = await netnsProvider({ stateFolder }).list();
        expect(info).toMatchObject({ name: 'victim', owner: { alive: false } });
      }
      if (step > 0 && !isReady)
        await expect(netnsProvider({ stateFolder }).attach('victim')).rejects.toMatchObject({
          code: 'cluster-not-ready',
        });
      await removeAll(subnets);
    },
  );

  test('at any moment', async () => {
    for (let ms = 120; ms < 1_000; ms += 60) {
      const { subnets } = await makeAndDie('ms', ms);
      await removeAll(subnets);
    }
  });

  test('before the nodes were told to go on: they end by themselves', async () => {
    const { subnets } = await makeAndDie('step', 4);
    await expect.poll(() => processesOf(stateFolder), { timeout: 10_000 }).toEqual([]);
    await removeAll(subnets);
  });

  test('after it was ready: the cluster stays and can be used', async () => {
    const { isReady, subnets } = await makeAndDie('step', 99);
    expect(isReady).toBe(true);
    const cluster = await netnsProvider({ stateFolder }).attach('victim');
    const names = await Promise.all(cluster.nodes.map(({ remote }) => remote.exec(['hostname'])));
    expect(names.map(({ stdout }) => stdout)).toEqual(['n1\n', 'n2\n', 'n3\n']);
    await cluster.close();
    await removeAll(subnets);
  });
});
