// Builds a cluster of nodes with kernels of their own: disks, the bridge with its taps, then all kernels at once.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Build, type Built, finish, type Prepared, prepare } from '../embedded/build.ts';
import { launchSwitch } from '../embedded/launch.ts';
import { type Layout, tagOf } from '../embedded/layout.ts';
import { wire } from '../embedded/network.ts';
import { hostsFile, readAccounts, writeNodeFiles } from '../embedded/node-files.ts';
import type { State } from '../embedded/state.ts';
import { makeDisks } from './disk.ts';
import { bootNode, diskOf, initOf } from './launch.ts';
import { checkMemory, defaultMemoryMiB } from './memory.ts';

const initScript = fileURLToPath(new URL('./init.sh', import.meta.url));

/** Builds what was claimed. On failure the caller removes what is there. */
export const build = async (plan: Build, claimed: State): Promise<Built> => {
  const { layout, onStep } = plan;
  const memoryMiB = plan.memoryMiB ?? defaultMemoryMiB;
  checkMemory(memoryMiB);
  const prepared = await prepare(plan, claimed);
  const { nodes } = prepared.state;
  onStep('disks');
  await makeNodeDisks(layout, prepared);
  onStep('bridge');
  await makeSwitch(layout, prepared);
  onStep('kernels');
  const { subnet } = prepared;
  await Promise.all(
    nodes.map((node, index) => bootNode({ layout, node, index, subnet, memoryMiB })),
  );
  return finish(plan, prepared);
};

/** Everything that nodes begin with is the same on all of them; their names and addresses come with the boot. */
const makeNodeDisks = async (layout: Layout, { state, subnet, keys }: Prepared): Promise<void> => {
  await copyFile(initScript, initOf(layout));
  const seed = join(layout.folder, 'seed');
  await writeNodeFiles({
    folder: seed,
    node: layout.name,
    listen: [],
    hosts: hostsFile(state.nodes, subnet),
    hostKey: keys.hostKey,
    clientPublicKey: keys.clientPublicKey,
    accounts: await readAccounts(),
  });
  await makeDisks({
    seed,
    template: join(layout.folder, 'template.img'),
    images: state.nodes.map((node) => diskOf(layout, node)),
  });
};

const makeSwitch = async (layout: Layout, { state, subnet }: Prepared): Promise<void> => {
  const holder = launchSwitch(tagOf(layout, 'switch'));
  try {
    await holder.hear('born');
    const nodes = state.nodes.map((name) => ({ name }));
    await wire({ layout, subnet, switchPid: holder.pid, nodes });
    holder.go();
  } finally {
    holder.release();
  }
};
