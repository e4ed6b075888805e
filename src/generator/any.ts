// Whichever generator has something first.
import { advance, fork, fractionAt, type Rng } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { done, finished } from './finished.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';
import { Soonest, type Winner } from './soonest.ts';

class AnyOf implements Gen {
  readonly gens: readonly Gen[];
  readonly rng: Rng | undefined;
  constructor(gens: readonly Gen[], rng: Rng | undefined) {
    this.gens = gens;
    this.rng = rng;
  }

  op(context: Context): Step {
    const rng = this.rng ?? fork(context.rng, -1);
    const { gens } = this;
    // The first to be asked wins a tie, so it is a different one each time.
    const start = Math.floor(fractionAt(rng) * gens.length);
    const soonest = new Soonest();
    let adopted: Gen[] | undefined;
    for (let i = 0; i < gens.length; i++) {
      const child = (start + i) % gens.length;
      const gen = gens[child] as Gen;
      if (gen === finished) continue;
      const { time, threads } = context;
      const step = gen.op({ time, threads, rng: fork(context.rng, child) });
      if (step.kind === 'op' && step.op.time <= time)
        return winning({ step, child }, adopted ?? gens, rng);
      soonest.add(step, child);
      const next = step.kind === 'done' ? finished : step.kind === 'pending' ? step.next : gen;
      if (next !== gen) {
        adopted ??= gens.slice();
        adopted[child] = next;
      }
    }
    if (soonest.isDone) return done;
    const { winner } = soonest;
    if (winner !== undefined) return winning(winner, adopted ?? gens, rng);
    return soonest.pending(adopted === undefined ? this : new AnyOf(adopted, this.rng));
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
    return changed === undefined ? this : new AnyOf(changed, this.rng);
  }
}

const winning = ({ step, child }: Winner, gens: readonly Gen[], rng: Rng): Step => {
  const changed = gens.slice();
  changed[child] = step.next;
  return { kind: 'op', op: step.op, next: new AnyOf(changed, advance(rng)) };
};

/** The soonest operation of all generators, ties at random; ends when all have ended. */
export const any = (...gens: readonly GenLike[]): Gen => new AnyOf(gens.map(lift), undefined);
