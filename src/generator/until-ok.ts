// Trying until it works.
import { finished } from './finished.ts';
import type { Context, Event, Gen, GenLike, RunProcess, Step } from './generator.ts';
import { lift } from './lift.ts';

class UntilOk implements Gen {
  /** Processes that perform one of its operations now. */
  readonly active: ReadonlySet<RunProcess>;
  readonly gen: Gen;
  constructor(active: ReadonlySet<RunProcess>, gen: Gen) {
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
  update(context: Context, event: Event): Gen {
    const gen = this.gen.update(context, event);
    if (event.type === 'invoke' || !this.active.has(event.process))
      return this.#with(this.active, gen);
    if (event.type === 'ok') return finished;
    const active = new Set(this.active);
    active.delete(event.process);
    return new UntilOk(active, gen);
  }
  #with(active: ReadonlySet<RunProcess>, gen: Gen): Gen {
    return gen === this.gen && active === this.active ? this : new UntilOk(active, gen);
  }
}

/** Plays a generator until one of its own operations has completed as `ok`. */
export const untilOk = (gen: GenLike): Gen => new UntilOk(new Set(), lift(gen));
