// Whichever generator has something first.
import { advance, fork, fractionAt, type Rng } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { done, finished } from './finished.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';
import { Soonest, type Winner } from './soonest.ts';

/** Draws of ties (undefined before the first one), and whether the first child to end ends all. */
type Rules = { readonly rng: Rng | undefined; readonly endsWithFirst: boolean };

export class AnyOf implements Gen {
  readonly gens: readonly Gen[];
  readonly rules: Rules;
  constructor(gens: readonly Gen[], rules: Rules) {
    this.gens = gens;
    this.rules = rules;
  }

  op(context: Context): Step {
    const { gens } = this;
    const { endsWithFirst } = this.rules;
    const rng = this.rules.rng ?? fork(context.rng, -1);
    const rules = { rng, endsWithFirst };
    // The first to be asked wins a tie, so it is a different one each time.
    const start = Math.floor(fractionAt(rng) * gens.length);
    const soonest = new Soonest();
    let adopted: Gen[] | undefined;
    for (let i = 0; i < gens.length; i++) {
      const child = (start + i) % gens.length;
      const gen = gens[child] as Gen;
      if (gen === finished) {
        if (endsWithFirst) return done;
        continue;
      }
      const { time, threads } = context;
      const step = gen.op({ time, threads, rng: fork(context.rng, child) });
      if (step.kind === 'op' && step.op.time <= time && !endsWithFirst)
        return winning({ step, child }, adopted ?? gens, rules);
      if (step.kind === 'done' && endsWithFirst) return done;
      soonest.add(step, child);
      const next = step.kind === 'done' ? finished : step.kind === 'pending' ? step.next : gen;
      if (next !== gen) {
        adopted ??= gens.slice();
        adopted[child] = next;
      }
    }
    if (soonest.isDone) return done;
    const { winner } = soonest;
    if (winner !== undefined) return winning(winner, adopted ?? gens, rules);
    return soonest.pending(adopted === undefined ? this : new AnyOf(adopted, this.rules));
  }

  update(context: Context, event: Op): Gen {
    let changed: Gen[] | undefined;
    for (let i = 0; i < this.gens.length; i++) {
      const gen = this.gens[i] as Gen;
      const next = gen.update(context, event);
      if (next === gen) continue;
      changed ??= this.gens.slice();
      changed[i] = next;
    }
    return changed === undefined ? this : new AnyOf(changed, this.rules);
  }
}

const winning = (
  { step, child }: Winner,
  gens: readonly Gen[],
  { rng, endsWithFirst }: Rules & { readonly rng: Rng },
): Step => {
  const changed = gens.slice();
  changed[child] = step.next;
  return {
    kind: 'op',
    op: step.op,
    next: new AnyOf(changed, { rng: advance(rng), endsWithFirst }),
  };
};

/** The soonest operation of all generators, ties at random; ends when all have ended. */
export const any = (...gens: readonly GenLike[]): Gen =>
  new AnyOf(gens.map(lift), { rng: undefined, endsWithFirst: false });
