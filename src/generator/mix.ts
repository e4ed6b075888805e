// A random choice, operation after operation.
import { advance, fork, fractionAt, type Rng } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { finished } from './finished.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';
import { Soonest } from './soonest.ts';

type Branch = {
  /** Its position as written: the name of its random stream. */
  readonly id: number;
  readonly gen: Gen;
};

class Mix implements Gen {
  readonly branches: readonly Branch[];
  readonly rng: Rng | undefined;
  constructor(branches: readonly Branch[], rng: Rng | undefined) {
    this.branches = branches;
    this.rng = rng;
  }

  op(context: Context): Step {
    const rng = this.rng ?? fork(context.rng, -1);
    const fraction = fractionAt(rng);
    const choice = Math.floor(fraction * this.branches.length);
    const { id, gen } = this.branches[choice] as Branch;
    const { time, threads } = context;
    const step = gen.op({ time, threads, rng: fork(context.rng, id) });
    if (step.kind === 'op')
      return { kind: 'op', op: step.op, next: this.#after(choice, step.next, rng) };
    if (step.kind === 'done') return this.#without(choice).op(context);
    return this.#askOthers(context, { choice, step, rng });
  }

  update(context: Context, event: Op): Gen {
    let changed: Branch[] | undefined;
    for (let i = 0; i < this.branches.length; i++) {
      const { id, gen } = this.branches[i] as Branch;
      const next = gen.update(context, event);
      if (next === gen) continue;
      changed ??= [...this.branches];
      changed[i] = { id, gen: next };
    }
    return changed === undefined ? this : new Mix(changed, this.rng);
  }

  /** The chosen branch has to wait: the next one that has something takes its place. */
  #askOthers(
    context: Context,
    chosen: {
      readonly choice: number;
      readonly step: Step & { kind: 'pending' };
      readonly rng: Rng;
    },
  ): Step {
    const { branches } = this;
    const adopted = [...branches];
    const soonest = new Soonest();
    for (let i = 0; i < branches.length; i++) {
      const at = (chosen.choice + i) % branches.length;
      const { id, gen } = branches[at] as Branch;
      const step = i === 0 ? chosen.step : gen.op({ ...context, rng: fork(context.rng, id) });
      soonest.add(step, at);
      if (step.kind === 'op' && step.op.time <= context.time) break;
      if (step.kind !== 'op')
        adopted[at] = { id, gen: step.kind === 'done' ? finished : step.next };
    }
    const { winner } = soonest;
    const waiting = new Mix(adopted, this.rng);
    if (winner === undefined) return soonest.pending(waiting);
    const { step, child } = winner;
    return { ...step, next: waiting.#after(child, step.next, chosen.rng) };
  }

  #after(choice: number, gen: Gen, rng: Rng): Gen {
    const { branches } = this;
    const { id, gen: old } = branches[choice] as Branch;
    if (gen === old) return new Mix(branches, advance(rng));
    const changed = branches.slice();
    changed[choice] = { id, gen };
    return new Mix(changed, advance(rng));
  }

  #without(choice: number): Gen {
    if (this.branches.length === 1) return finished;
    return new Mix(this.branches.toSpliced(choice, 1), this.rng);
  }
}

/**
 * Picks one of the generators for each operation, uniformly; one that has to wait (pending) gives its turn to the
 * next. An exhausted one drops out; it ends when all have.
 */
export const mix = (gens: readonly GenLike[]): Gen => {
  const branches = gens.map((gen, id) => ({ id, gen: lift(gen) }));
  return branches.length === 0 ? finished : new Mix(branches, undefined);
};
