// What the fault injector does.
import { any } from './any.ts';
import type { Gen, GenLike } from './generator.ts';
import { onClients, onNemesis } from './on-threads.ts';

/** Restricts a generator to the nemesis; with `besides`, the clients do that at the same time. */
export const nemesis = (gen: GenLike, besides?: GenLike): Gen =>
  besides === undefined ? onNemesis(gen) : any(onNemesis(gen), onClients(besides));
