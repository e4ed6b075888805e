// Builds a cluster: state, keys and files, then all nodes at once, then their wires, then sessions.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { infrastructureError } from '../../base/errors.ts';
import type { Node } from '../../contract/node.ts';
import { isErrno } from '../errno.ts';
import { ownIdentity } from '../process-identity.ts';
import { makeKeys } from './keys.ts';
import { type Launched, launchNode, launchSwitch } from './launch.ts';
import { type Layout, nodeAddresses, nodeNames, prefixLength, tagOf } from './layout.ts';
import { otherDisks } from './mount-points.ts';
import { wire } from './network.ts';
import { hostsFile, readAccounts, writeNodeFiles } from './node-files.ts';
import { openSessions } from './sessions.ts';
import { type State, writeState } from './state.ts';
import { claimSubnet } from './subnet.ts';

export type Build = {
  readonly layout: Layout;
  readonly nodeCount: number;
  /** Told before each step. Throws to stop. */
  readonly onStep: (step: string) => void;
};

export type Built = {
  readonly state: State;
  readonly subnet: number;
  readonly nodes: readonly Node[];
};

/** Takes the name: the folder and the state are there before anything else is. */
export const claimName = async ({ layout, nodeCount }: Build): Promise<State> => {
  await mkdir(join(layout.folder, '..'), { recursive: true, mode: 0o700 });
  try {
    await mkdir(layout.folder, { mode: 0o700 });
  } catch (cause) {
    if (!isErrno(cause, 'EEXIST')) throw cause;
    throw infrastructureError(`cluster '${layout.name}' exists already`, {
      code: 'cluster-exists',
      hint: `Use it, or remove it: ordeal cluster down ${layout.name}`,
    });
  }
  const state: State = {
    version: 1,
    name: layout.name,
    nodes: [...nodeNames(nodeCount)],
    createdAt: new Date().toISOString(),
    owner: await ownIdentity(),
    stage: 'building',
  };
  await writeState(layout, state);
  return state;
};

/** Builds what `claimName` announced. On failure the caller removes what is there. */
export const build = async (plan: Build, claimed: State): Promise<Built> => {
  const { layout, onStep } = plan;
  onStep('addresses and keys');
  const [subnet, keys] = await Promise.all([claimSubnet(layout), makeKeys(layout)]);
  const state = { ...claimed, subnet, hostKey: keys.hostPublicKey.trim() };
  await writeState(layout, state);
  onStep('files');
  await writeFiles(layout, { state, subnet, keys });
  onStep('namespaces');
  const launched = launchAll(layout, { state, subnet, mountPoints: await otherDisks(layout) });
  try {
    await connectAll(plan, { launched, subnet, state });
    onStep('SSH sessions');
    const nodes = await openSessions({
      layout,
      nodes: state.nodes,
      subnet,
      hostKey: state.hostKey,
      patienceMs: 15_000,
    });
    const ready: State = { ...state, stage: 'ready' };
    await writeState(layout, ready);
    return { state: ready, subnet, nodes };
  } finally {
    for (const process of [launched.holder, ...launched.nodes]) process.release();
  }
};

type Keyed = {
  readonly state: State;
  readonly subnet: number;
  readonly keys: Awaited<ReturnType<typeof makeKeys>>;
};

const writeFiles = async (layout: Layout, { state, subnet, keys }: Keyed): Promise<void> => {
  const accounts = await readAccounts();
  const addresses = state.nodes.map((_, index) => Object.values(nodeAddresses(subnet, index)));
  const hosts = hostsFile(
    state.nodes.map((name, index) => ({ name, addresses: addresses[index] ?? [] })),
  );
  await Promise.all(
    state.nodes.map((node, index) =>
      writeNodeFiles({
        folder: join(layout.folder, node),
        node,
        listen: addresses[index] ?? [],
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
