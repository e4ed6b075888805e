// A check of everything that a generator answers, for those who write their own.
import type { Context, Emitted, Event, Gen, GenLike, Step } from './generator.ts';
import { GeneratorError, nameOf, sayContext } from './generator-error.ts';
import { lift } from './lift.ts';

const kinds: readonly unknown[] = ['invoke', 'sleep', 'log'];

const isGen = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<Gen>).op === 'function' &&
  typeof (value as Partial<Gen>).update === 'function';

const isTime = (value: unknown): boolean => Number.isSafeInteger(value);

const complaintOfOp = (op: Emitted, { time, threads }: Context): string | undefined => {
  if (typeof op !== 'object' || op === null) return `an operation that is ${String(op)}`;
  if (!kinds.includes(op.kind)) return `an operation of the kind ${String(op.kind)}`;
  if (typeof op.f !== 'string') return `an operation whose f is ${typeof op.f}`;
  if (op.value === undefined) return `${op.f} without a value`;
  if (!isTime(op.time)) return `${op.f} at the time ${op.time}, not whole nanoseconds`;
  if (op.time < time) return `${op.f} at ${op.time} ns, in the past of ${time} ns`;
  if (op.key !== undefined && typeof op.key !== 'string' && !Number.isFinite(op.key))
    return `${op.f} with the key ${String(op.key)}`;
  const thread = threads.threadOf(op.process);
  if (thread === undefined) return `${op.f} for process ${op.process}, which no thread runs`;
  if (!threads.has(thread)) return `${op.f} for process ${op.process}, which is not in scope`;
  return threads.isFree(thread) ? undefined : `${op.f} for process ${op.process}, which is busy`;
};

/** What is wrong with an answer; undefined when nothing is. */
const complaintOf = (step: Step, context: Context): string | undefined => {
  if (typeof step !== 'object' || step === null) return `${String(step)} instead of a step`;
  if (step.kind === 'done') return undefined;
  if (step.kind !== 'op' && step.kind !== 'pending')
    return `a step of the kind ${String((step as { readonly kind: unknown }).kind)}`;
  if (!isGen(step.next)) return `a step of the kind ${step.kind} whose next is no generator`;
  if (step.kind === 'op') return complaintOfOp(step.op, context);
  const { wake } = step;
  if (wake === undefined || (isTime(wake) && wake > context.time)) return undefined;
  return `a wake at ${wake} ns, expected whole nanoseconds after ${context.time} ns`;
};

class Validate implements Gen {
  readonly gen: Gen;
  constructor(gen: Gen) {
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = this.gen.op(context);
    const wrong = complaintOf(step, context);
    if (wrong !== undefined)
      throw new GeneratorError(`${nameOf(this.gen)} answered ${wrong}, ${sayContext(context)}`);
    return step.kind === 'done' ? step : { ...step, next: this.#with(step.next) };
  }
  update(context: Context, event: Event): Gen {
    const gen = this.gen.update(context, event);
    if (!isGen(gen))
      throw new GeneratorError(
        `${nameOf(this.gen)} became ${String(gen)} at the ${event.type} of ${event.f}, ${sayContext(context)}`,
      );
    return this.#with(gen);
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new Validate(gen);
  }
}

/**
 * Throws a `GeneratorError` that says what is wrong, with the generator and its context, when an answer breaks the
 * protocol. The runner refuses operations for busy processes and in the past by itself; this one looks at everything.
 */
export const validate = (gen: GenLike): Gen => new Validate(lift(gen));
