// Clusters of namespace nodes on this machine: what `ordeal cluster` and the runner use.
import { type EmbeddedProvider, embeddedProvider, stateFolderOf } from '../embedded/provider.ts';
import { build } from './up.ts';

/** `stateFolder`: where clusters are kept, `/var/lib/ordeal` unless told. */
export const netnsProvider = (options: { readonly stateFolder?: string } = {}): EmbeddedProvider =>
  embeddedProvider(
    {
      kind: 'netns',
      about: 'nodes of one kernel on this machine: namespaces, own root by overlay, real sshd',
      needs: ['cluster'],
      build,
    },
    stateFolderOf(options.stateFolder),
  );
