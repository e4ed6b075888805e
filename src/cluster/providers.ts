// Where clusters come from, by kind.
import { usageError } from '../base/errors.ts';
import type { ClusterProvider } from '../contract/cluster.ts';
import { netnsProvider } from './netns/provider.ts';
import { sshProvider } from './ssh/provider.ts';
import { umlProvider } from './uml/provider.ts';

/** Makers of providers by kind; making one costs nothing. */
export const providers = {
  netns: () => netnsProvider(),
  uml: () => umlProvider(),
  ssh: () => sshProvider(),
} as const;
export type ProviderKind = keyof typeof providers;

export const providerKinds = Object.keys(providers) as readonly ProviderKind[];

/** The provider of a kind; a usage error for kinds there are none of. */
export const providerOf = (kind: string): ClusterProvider => {
  const found = providerKinds.find((known) => known === kind);
  if (found === undefined)
    throw usageError(`unknown cluster kind '${kind}'`, `There is: ${providerKinds.join(', ')}.`);
  return providers[found]();
};
