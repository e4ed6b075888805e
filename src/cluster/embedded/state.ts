// What is written about a cluster before anything of it exists, so that it can be found and removed whatever happens.
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { isErrno } from '../errno.ts';
import { clustersFolder, type Layout } from './layout.ts';

const stateShape = z.object({
  version: z.literal(1),
  name: z.string(),
  /** Kind of the provider that made it. */
  kind: z.string(),
  nodes: z.array(z.string()).min(1),
  /** ISO time. */
  createdAt: z.string(),
  owner: z.object({ pid: z.number(), startedAt: z.string() }),
  /** Missing until it is allocated. */
  subnet: z.number().optional(),
  /** `ready` once every node answered over SSH. */
  /** Memory of each node, for nodes with kernels of their own. */
  memoryMiB: z.number().optional(),
  stage: z.enum(['building', 'ready']),
  /** Public host key of the nodes, `ssh-ed25519 AAAA…`; missing until it is made. */
  hostKey: z.string().optional(),
});
export type State = z.infer<typeof stateShape>;

/** Replaces the state in one step: a reader sees the old or the new. */
export const writeState = async (layout: Layout, state: State): Promise<void> => {
  const draft = `${layout.stateFile}.new`;
  await writeFile(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, layout.stateFile);
};

/** `undefined` when there is none, or none that can be read: a cluster whose maker died at its very beginning. */
export const readState = async (layout: Layout): Promise<State | undefined> => {
  try {
    return stateShape.parse(JSON.parse(await readFile(layout.stateFile, 'utf8')));
  } catch (cause) {
    if (isErrno(cause, 'ENOENT') || cause instanceof SyntaxError || cause instanceof z.ZodError)
      return undefined;
    throw cause;
  }
};

/** Names of all clusters that have a folder, whole or half-built. */
export const clusterNames = async (stateFolder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(clustersFolder(stateFolder))).sort();
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return [];
    throw cause;
  }
};
