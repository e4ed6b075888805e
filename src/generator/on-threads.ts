// A generator for some of the threads only.
import { assert } from '../base/assert.ts';
import type { Op } from '../history/op.ts';
import type { Context, Gen, GenLike, Step, Thread } from './generator.ts';
import { lift } from './lift.ts';
import { Scope } from './scope.ts';
import { isNemesis } from './threads.ts';

class OnThreads implements Gen {
  readonly scope: Scope;
  readonly gen: Gen;
  constructor(scope: Scope, gen: Gen) {
    this.scope = scope;
    this.gen = gen;
  }
  op(context: Context): Step {
    const threads = this.scope.of(context.threads);
    if (threads.count === 0)
      assert(false, `none of the ${context.threads.count} threads in scope is meant`);
    const step = this.gen.op({ time: context.time, rng: context.rng, threads });
    return step.kind === 'done' ? step : { ...step, next: this.#with(step.next) };
  }
  update(context: Context, event: Op): Gen {
    const threads = this.scope.of(context.threads);
    const thread = threads.threadOf(event.process);
    if (thread === undefined || !threads.has(thread)) return this;
    return this.#with(this.gen.update({ ...context, threads }, event));
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new OnThreads(this.scope, gen);
  }
}

/** Only the threads in the list, or that the predicate accepts, take part and are told of. */
export const onThreads = (
  threads: readonly Thread[] | ((thread: Thread) => boolean),
  gen: GenLike,
): Gen => {
  const accepts = typeof threads === 'function' ? threads : (t: Thread) => threads.includes(t);
  return new OnThreads(new Scope(accepts), lift(gen));
};

/** Only the client threads. */
export const onClients = (gen: GenLike): Gen => onThreads((thread) => !isNemesis(thread), gen);

/** Only the fault injector. */
export const onNemesis = (gen: GenLike): Gen => onThreads(isNemesis, gen);
