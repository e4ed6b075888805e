// A look at what a generator answers and is told: for debugging.
import type { Context, Event, Gen, GenLike, Step } from './generator.ts';
import { sayContext } from './generator-error.ts';
import { lift } from './lift.ts';

/** Where the lines of a trace go; the one exception to "asking has no effect". */
export type Say = (line: string) => void;
type Traced = { readonly name: string; readonly say: Say };

const show = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
};

const sayStep = (step: Step): string => {
  if (step.kind === 'op') {
    const { f, value, process, time } = step.op;
    return `${f} ${show(value)} for ${process} at ${(time / 1e9).toFixed(3)} s`;
  }
  if (step.kind === 'done' || step.wake === undefined) return step.kind;
  return `pending until ${(step.wake / 1e9).toFixed(3)} s`;
};

class Trace implements Gen {
  readonly traced: Traced;
  readonly gen: Gen;
  constructor(traced: Traced, gen: Gen) {
    this.traced = traced;
    this.gen = gen;
  }
  op(context: Context): Step {
    const step = this.gen.op(context);
    this.#say(`asked ${sayContext(context)}: ${sayStep(step)}`);
    return step.kind === 'done' ? step : { ...step, next: this.#with(step.next) };
  }
  update(context: Context, event: Event): Gen {
    const { type, f, value, process } = event;
    this.#say(`told ${sayContext(context)}: ${type} of ${f} ${show(value)} by ${process}`);
    return this.#with(this.gen.update(context, event));
  }
  #say(line: string): void {
    this.traced.say(`${this.traced.name}: ${line}`);
  }
  #with(gen: Gen): Gen {
    return gen === this.gen ? this : new Trace(this.traced, gen);
  }
}

/** Says a line, beginning with `name`, whenever the generator is asked or told of something; on standard error unless told. */
export const trace = (name: string, gen: GenLike, say: Say = console.error): Gen =>
  new Trace({ name, say }, lift(gen));
