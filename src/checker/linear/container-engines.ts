// Engines for queues, stacks, priority queues and bags in which every value is put only once: no search.
import { coverOf, presentOf, stretchBefore, stretchesOf } from './cover.ts';
import { findDisorder } from './fifo.ts';
import { type Clash, Lifetimes, type Lives } from './lifetimes.ts';
import type { Container } from './model.ts';
import { findEarlyTake } from './priority.ts';
import { findTangle } from './stack-nesting.ts';
import type { Engine } from './unique.ts';

type Judge = (lives: Lives, lifetimes: Lifetimes) => Clash | undefined;

/**
 * Each is complete together with what `Lifetimes` and `findFalseEmpty` find: after Henzinger, Sezgin and Vafeiadis 2013
 * (queues), Abdulla et al. 2025 and Lee and Mathur 2025 (stacks, priority queues).
 */
const engineOf: Readonly<
  Record<Container['order'], { readonly name: string; readonly judge: Judge }>
> = {
  oldest: { name: 'fifo', judge: findDisorder },
  newest: { name: 'nesting', judge: findTangle },
  least: { name: 'priorities', judge: findEarlyTake },
  any: { name: 'lifetimes', judge: () => undefined },
};

/** Somebody found nothing although there was something all the time. */
const findFalseEmpty: Judge = (lives, lifetimes) => {
  if (lives.empties.length === 0) return undefined;
  const present = presentOf(lives);
  const { from, to } = stretchesOf(lives, present);
  for (const place of lives.empties) {
    const bounds = lifetimes.boundsOf(place);
    const around = stretchBefore(from, bounds[0]);
    if (around >= 0 && (to[around] as number) > bounds[1])
      return { values: coverOf(lives, present, bounds) ?? [], empties: [place] };
  }
  return undefined;
};

const containerEngine = (order: Container['order']): Engine => ({
  name: engineOf[order].name,
  prepare: (model, strand) => {
    if (model.container?.order !== order) return undefined;
    const lifetimes = Lifetimes.of(model, strand);
    if (lifetimes === undefined) return undefined;
    const clashAt = (horizon: number): Clash | undefined => {
      const lives = lifetimes.at(horizon);
      if (!('span' in lives)) return lives;
      return findFalseEmpty(lives, lifetimes) ?? engineOf[order].judge(lives, lifetimes);
    };
    return {
      conflict: (horizon) => {
        const clash = clashAt(horizon);
        return clash && lifetimes.placesOf(clash);
      },
    };
  },
});

export const containerEngines: readonly Engine[] = (
  ['oldest', 'newest', 'least', 'any'] as const
).map(containerEngine);
