// Ranges of threads, each with a generator of its own.
import { assert } from '../base/assert.ts';
import { fork } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { wholeCount } from './duration.ts';
import { done, finished } from './finished.ts';
import type { Context, Gen, GenLike, Step, Thread, Threads } from './generator.ts';
import { lift } from './lift.ts';
import { askParts } from './parts.ts';
import { Scope } from './scope.ts';

type Ranges = {
  /** Position of the first thread after each range; the rest has none. */
  readonly ends: readonly number[];
  readonly scopes: readonly Scope[];
  readonly reserved: number;
};

class Reserve implements Gen {
  readonly ranges: Ranges;
  readonly gens: readonly Gen[];
  constructor(ranges: Ranges, gens: readonly Gen[]) {
    this.ranges = ranges;
    this.gens = gens;
  }

  op(context: Context): Step {
    const { threads, time, rng } = context;
    const { reserved } = this.ranges;
    if (threads.count < reserved)
      assert(false, `reserve of ${reserved} threads, only ${threads.count} in scope`);
    let gens = this.gens;
    const adopt = (part: number, gen: Gen): void => {
      if (gens[part] !== gen) gens = gens.with(part, gen);
    };
    const ask = (part: number): Step => {
      const scope = this.#scopeOf(part, threads);
      const step = (gens[part] as Gen).op({ time, threads: scope, rng: fork(rng, part) });
      if (step.kind === 'pending') adopt(part, step.next);
      if (step.kind === 'done') adopt(part, finished);
      return step;
    };
    const partOf = (thread: Thread): number => this.#partOf(thread, threads);
    const { winner, soonest } = askParts(context, { partOf, ask });
    if (winner !== undefined) {
      adopt(winner.child, winner.step.next);
      return { kind: 'op', op: winner.step.op, next: new Reserve(this.ranges, gens) };
    }
    if (gens.every((gen, part) => gen === finished || this.#scopeOf(part, threads).count === 0))
      return done;
    return soonest.pending(gens === this.gens ? this : new Reserve(this.ranges, gens));
  }

  update(context: Context, event: Op): Gen {
    const { threads } = context;
    const thread = threads.threadOf(event.process);
    if (thread === undefined || !threads.has(thread)) return this;
    const part = this.#partOf(thread, threads);
    const gen = this.gens[part] as Gen;
    const next = gen.update({ ...context, threads: this.#scopeOf(part, threads) }, event);
    return next === gen ? this : new Reserve(this.ranges, this.gens.with(part, next));
  }

  #scopeOf(part: number, threads: Threads): Threads {
    return (this.ranges.scopes[part] as Scope).of(threads);
  }

  #partOf(thread: Thread, threads: Threads): number {
    const position = threads.positionOf(thread);
    const { ends } = this.ranges;
    let part = 0;
    while (part < ends.length && position >= (ends[part] as number)) part++;
    return part;
  }
}

/**
 * `reserve([[5, writes], [2, scans]], reads)`: the first five threads in scope write, the next two scan, all others
 * read. Ranges are counted within the scope, so reserves nest. Ends when all parts have ended.
 */
export const reserve = (
  parts: readonly (readonly [threads: number, gen: GenLike])[],
  rest: GenLike = null,
): Gen => {
  const ends: number[] = [];
  let reserved = 0;
  for (const [count] of parts) {
    reserved += wholeCount('reserve', count, 1);
    ends.push(reserved);
  }
  const scopes = [...ends, Number.POSITIVE_INFINITY].map((end, i) => {
    const start = ends[i - 1] ?? 0;
    return new Scope((_, position) => position >= start && position < end);
  });
  const gens = [...parts.map(([, gen]) => lift(gen)), lift(rest)];
  return new Reserve({ ends, scopes, reserved }, gens);
};
