// What making a cluster on this machine begins and ends with, whatever its nodes are: its name and state; its sessions.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { infrastructureError } from '../../base/errors.ts';
import type { Node } from '../../contract/node.ts';
import { isErrno } from '../errno.ts';
import { ownIdentity } from '../process-identity.ts';
import { type Keys, makeKeys } from './keys.ts';
import { type Layout, nodeNames } from './layout.ts';
import { openSessions } from './sessions.ts';
import { type State, writeState } from './state.ts';
import { claimSubnet } from './subnet.ts';

export type Build = {
  readonly layout: Layout;
  readonly kind: string;
  readonly nodeCount: number;
  readonly memoryMiB?: number;
  readonly signal?: AbortSignal;
  /** Told before each step. Throws to stop. */
  readonly onStep: (step: string) => void;
};

export type Built = {
  readonly subnet: number;
  readonly nodes: readonly Node[];
};

/** Takes the name: the folder and the state are there before anything else is. */
export const claimName = async ({ layout, kind, nodeCount, memoryMiB }: Build): Promise<State> => {
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
    kind,
    nodes: [...nodeNames(nodeCount)],
    createdAt: new Date().toISOString(),
    owner: await ownIdentity(),
    stage: 'building',
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
  };
  await writeState(layout, state);
  return state;
};

/** A claimed cluster with what its nodes will be known by. */
export type Prepared = {
  readonly state: State;
  readonly subnet: number;
  readonly hostKey: string;
  readonly keys: Keys;
};

/** Allocates addresses and makes keys; all of it is on disk before nodes are. */
export const prepare = async ({ layout, onStep }: Build, claimed: State): Promise<Prepared> => {
  onStep('addresses and keys');
  const [subnet, keys] = await Promise.all([claimSubnet(layout), makeKeys(layout)]);
  const hostKey = keys.hostPublicKey.trim();
  const state = { ...claimed, subnet, hostKey };
  await writeState(layout, state);
  return { state, subnet, hostKey, keys };
};

/** Opens the sessions and says that the cluster is ready. */
export const finish = async (
  { layout, onStep, signal }: Build,
  { state, subnet, hostKey }: Prepared,
): Promise<Built> => {
  onStep('SSH sessions');
  const nodes = await openSessions({
    layout,
    nodes: state.nodes,
    subnet,
    hostKey,
    patienceMs: 15_000,
    ...(signal === undefined ? {} : { signal }),
  });
  await writeState(layout, { ...state, stage: 'ready' });
  return { subnet, nodes };
};
