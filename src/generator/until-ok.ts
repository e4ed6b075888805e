// Trying until it works.
import type { Op, Process } from '../history/op.ts';
import { finished } from './finished.ts';
import type { Context, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

class UntilOk implements Gen {
  /** Processes that perform one of its operations now. */
  readonly active: ReadonlySet<Process>;
  readonly gen: Gen;
  constructor(active: ReadonlySet<Process>, gen: Gen) {
    this.active = active;
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = this.gen.op(context);
    if (step.kind === 'done') return step;
    if (step.kind === 'pending' || step.op.kind !== 'invoke')
      return { ...step, next: this.#with(this.active, step.next) };
    const active = new Set(this.active).add(step.op.process);
    return { kind: 'op', op: step.op, next: new UntilOk(active, step.next) };
  }
  update(context: Context, event: Op): Gen {
    const gen = this.gen.update(context, event);
    if (event.type === 'invoke' || !this.active.has(event.process))
      return this.#with(this.active, gen);
    if (event.type === 'ok') return finished;
    const active = new Set(this.active);
    active.delete(event.process);
    return new UntilOk(active, gen);
  }
  #with(active: ReadonlySet<Process>, gen: Gen): Gen {
    return gen === this.gen && active === this.active ? this : new UntilOk(active, gen);
  }
}

/** Plays a generator until one of its own operations has completed as `ok`. */
export const untilOk = (gen: GenLike): Gen => new UntilOk(new Set(), lift(gen));
