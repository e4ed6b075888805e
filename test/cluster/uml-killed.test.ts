// kill -9 of whoever makes a cluster of kernels, at every step and in between: `down` leaves the machine as it was.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import { missingPackages } from '../../src/cluster/packages.ts';
import { umlProvider } from '../../src/cluster/uml/provider.ts';
import { heldSubnets, tracesOf } from './netns-traces.ts';

const lacking = await missingPackages(['cluster', 'uml']);
const isAble = process.getuid?.() === 0 && lacking.length === 0;
const because = isAble ? '' : ' (skipped: needs root and the package user-mode-linux)';
const maker = join(import.meta.dirname, 'netns-maker.ts');

/** Progress messages of `up`: one for each step. */
const steps = 6;

describe.skipIf(!isAble)(`the maker of a cluster of kernels is killed${because}`, () => {
  let stateFolder: string;
  beforeAll(async () => {
    stateFolder = await mkdtemp('/var/tmp/ordeal-uml-killed-');
  });
  afterAll(async () => {
    await umlProvider({ stateFolder }).downAll();
    await rm(stateFolder, { recursive: true });
  });

  /** Lets a maker die, removes what it left, twice, and finds nothing. */
  const makeAndDie = async (unit: 'step' | 'ms', number: number) => {
    const argv = [maker, stateFolder, 'victim', unit, String(number), 'uml'];
    const made = await execa(process.execPath, argv, { reject: false });
    expect(made.signal).toBe('SIGKILL');
    const subnets = await heldSubnets(stateFolder);
    const [info] = await umlProvider({ stateFolder }).list();
    const isReady = made.stdout === 'ready';
    if (info && !isReady)
      await expect(umlProvider({ stateFolder }).attach('victim')).rejects.toMatchObject({
        code: 'cluster-not-ready',
      });
    return { info, isReady, subnets };
  };
  const removeAll = async (subnets: readonly number[]) => {
    await umlProvider({ stateFolder }).down('victim');
    expect(await tracesOf(stateFolder, subnets)).toEqual([]);
    await umlProvider({ stateFolder }).down('victim');
    expect(await umlProvider({ stateFolder }).list()).toEqual([]);
  };

  test.each(Array.from({ length: steps }, (_, step) => step))('before step %i', async (step) => {
    const { info, isReady, subnets } = await makeAndDie('step', step);
    expect(isReady).toBe(false);
    if (step > 0)
      expect(info).toMatchObject({ name: 'victim', kind: 'uml', owner: { alive: false } });
    await removeAll(subnets);
  });

  test.each([250, 600, 1_200, 1_800])('after %i ms', async (ms) => {
    const { subnets } = await makeAndDie('ms', ms);
    await removeAll(subnets);
  });

  test('after it was ready: the cluster stays and can be used; any kind removes it', async () => {
    const { isReady, subnets } = await makeAndDie('step', 99);
    expect(isReady).toBe(true);
    const cluster = await umlProvider({ stateFolder }).attach('victim');
    const names = await Promise.all(cluster.nodes.map(({ remote }) => remote.exec(['hostname'])));
    expect(names.map(({ stdout }) => stdout)).toEqual(['n1\n', 'n2\n', 'n3\n']);
    await cluster.close();
    await netnsProvider({ stateFolder }).down('victim');
    await removeAll(subnets);
  });
});
