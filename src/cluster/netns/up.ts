// Builds a cluster of namespace nodes: files, then all nodes at once, then their wires.
import { join } from 'node:path';
import { type Build, type Built, finish, type Prepared, prepare } from '../embedded/build.ts';
import { type Launched, launchSwitch } from '../embedded/launch.ts';
import { type Layout, nodeAddresses, prefixLength, tagOf } from '../embedded/layout.ts';
import { wire } from '../embedded/network.ts';
import { hostsFile, readAccounts, writeNodeFiles } from '../embedded/node-files.ts';
import type { State } from '../embedded/state.ts';
import { launchNode } from './launch.ts';
import { otherDisks } from './mount-points.ts';

/** Builds what was claimed. On failure the caller removes what is there. */
export const build = async (plan: Build, claimed: State): Promise<Built> => {
  const { layout, onStep } = plan;
  const prepared = await prepare(plan, claimed);
  const { state, subnet } = prepared;
  onStep('files');
  await writeFiles(layout, prepared);
  onStep('namespaces');
  const launched = launchAll(layout, { state, subnet, mountPoints: await otherDisks(layout) });
  try {
    await connectAll(plan, { launched, subnet, state });
    return await finish(plan, prepared);
  } finally {
    for (const process of [launched.holder, ...launched.nodes]) process.release();
  }
};

const writeFiles = async (layout: Layout, { state, subnet, keys }: Prepared): Promise<void> => {
  const accounts = await readAccounts();
  const hosts = hostsFile(state.nodes, subnet);
  await Promise.all(
    state.nodes.map((node, index) =>
      writeNodeFiles({
        folder: join(layout.folder, node),
        node,
        listen: Object.values(nodeAddresses(subnet, index)),
        hosts,
        hostKey: keys.hostKey,
        clientPublicKey: keys.clientPublicKey,
        accounts,
      }),
    ),
  );
};

type Processes = { readonly holder: Launched; readonly nodes: readonly Launched[] };

type Launching = {
  readonly state: State;
  readonly subnet: number;
  readonly mountPoints: readonly string[];
};

const launchAll = (layout: Layout, { state, subnet, mountPoints }: Launching): Processes => ({
  holder: launchSwitch(tagOf(layout, 'switch')),
  nodes: state.nodes.map((node, index) => {
    const { ipv4, ipv6 } = nodeAddresses(subnet, index);
    return launchNode({
      tag: tagOf(layout, node),
      node,
      folder: join(layout.folder, node),
      ipv4: `${ipv4}/${prefixLength.ipv4}`,
      ipv6: `${ipv6}/${prefixLength.ipv6}`,
      mountPoints,
    });
  }),
});

type Connecting = { readonly launched: Processes; readonly subnet: number; readonly state: State };

const connectAll = async (plan: Build, { launched, subnet, state }: Connecting): Promise<void> => {
  const { holder, nodes } = launched;
  const all = [holder, ...nodes];
  await Promise.all(all.map((process) => process.hear('born')));
  plan.onStep('wires');
  await wire({
    layout: plan.layout,
    subnet,
    switchPid: holder.pid,
    nodes: nodes.map(({ pid }, index) => ({ name: state.nodes[index] ?? '', pid })),
  });
  plan.onStep('network and sshd');
  for (const process of all) process.go();
  await Promise.all(nodes.map((process) => process.hear('net')));
};
