// Errors of a generator, with its name and what it was doing.
import type { Context, Event, Gen, GenLike, Step } from './generator.ts';
import { callNamed, nameOf } from './generator-error.ts';
import { lift } from './lift.ts';

class FriendlyExceptions implements Gen {
  readonly label: string | undefined;
  readonly gen: Gen;
  constructor(label: string | undefined, gen: Gen) {
    this.label = label;
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = callNamed(this.#who(), context, () => this.gen.op(context));
    return step.kind === 'done' ? step : { ...step, next: this.#with(step.next) };
  }
  update(context: Context, event: Event): Gen {
    const who = `${this.#who()}, told of the ${event.type} of ${event.f},`;
    return this.#with(callNamed(who, context, () => this.gen.update(context, event)));
  }
  #who(): string {
    return this.label ?? nameOf(this.gen);
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new FriendlyExceptions(this.label, gen);
  }
}

/**
 * What the generator throws comes out as a `GeneratorError` that names it (by `label`, or by what it is made of), the
 * time and the threads. The runner does this for the whole of a test; use it to tell the parts of a large one apart.
 */
export const friendlyExceptions = (gen: GenLike, label?: string): Gen =>
  new FriendlyExceptions(label, lift(gen));
