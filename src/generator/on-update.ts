// A generator that is replaced as events come in.
import { finished } from './finished.ts';
import type { Context, Event, Gen, GenLike, Step } from './generator.ts';
import { callNamed } from './generator-error.ts';
import { lift } from './lift.ts';

/** What is told of an event: the generator as it is after the event, the event, and the context. Pure. */
export type UpdateHandler = (gen: Gen, event: Event, context: Context) => GenLike;

class OnUpdate implements Gen {
  readonly handler: UpdateHandler;
  readonly gen: Gen;
  constructor(handler: UpdateHandler, gen: Gen) {
    this.handler = handler;
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = this.gen.op(context);
    return step.kind === 'done' ? step : { ...step, next: this.#with(step.next) };
  }
  update(context: Context, event: Event): Gen {
    const gen = this.gen.update(context, event);
    const next = callNamed('the update handler', context, () =>
      lift(this.handler(gen, event, context)),
    );
    return next === finished ? finished : this.#with(next);
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new OnUpdate(this.handler, gen);
  }
}

/**
 * At every event in scope the handler says what goes on from there: the generator it is given, another, or null to end.
 * It stays in place until then. An exhausted generator is over: nothing that it is told revives it.
 */
export const onUpdate = (handler: UpdateHandler, gen: GenLike): Gen =>
  new OnUpdate(handler, lift(gen));
