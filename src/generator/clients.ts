// What the clients do.
import { any } from './any.ts';
import type { Gen, GenLike } from './generator.ts';
import { onClients, onNemesis } from './on-threads.ts';

/** Restricts a generator to the client threads; with `besides`, the nemesis does that at the same time. */
export const clients = (gen: GenLike, besides?: GenLike): Gen =>
  besides === undefined ? onClients(gen) : any(onClients(gen), onNemesis(besides));
