// Clusters of nodes that each run a Linux kernel of their own as a process (User-mode Linux).

import { usageError } from '../../base/errors.ts';
import type { PowerAction } from '../../contract/cluster.ts';
import { layoutOf } from '../embedded/layout.ts';
import {
  type EmbeddedProvider,
  embeddedProvider,
  readReady,
  stateFolderOf,
} from '../embedded/provider.ts';
import { consoleOf } from './launch.ts';
import { absentNodes, powerNode } from './power.ts';
import { build } from './up.ts';

export type UmlProvider = EmbeddedProvider & {
  power(name: string, node: string, action: PowerAction): Promise<void>;
  consoleLog(name: string, node: string): Promise<string>;
};

/** `stateFolder`: where clusters are kept, `/var/lib/ordeal` unless told. */
export const umlProvider = (options: { readonly stateFolder?: string } = {}): UmlProvider => {
  const stateFolder = stateFolderOf(options.stateFolder);
  const embedded = embeddedProvider(
    {
      kind: 'uml',
      about:
        'a Linux kernel per node on this machine: own clock, network stack, disk and power switch',
      needs: ['cluster', 'uml'],
      build,
      absent: absentNodes,
    },
    stateFolder,
  );
  return {
    ...embedded,
    power: async (name, node, action) => powerNode(layoutOf(stateFolder, name), node, action),
    consoleLog: async (name, node) => {
      const layout = layoutOf(stateFolder, name);
      const { nodes } = await readReady(layout);
      if (nodes.includes(node)) return consoleOf(layout, node);
      throw usageError(`no node '${node}' in cluster '${name}'`, `There are: ${nodes.join(', ')}.`);
    },
  };
};
