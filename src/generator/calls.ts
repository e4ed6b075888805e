// A function as a generator: called for operation after operation, until it returns null.
import { fork, Random, type Rng } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { emit } from './emit.ts';
import { done, finished } from './finished.ts';
import type { Context, FunctionContext, Gen, GenLike, Step } from './generator.ts';
import { generatorError } from './generator-error.ts';
import { Spec } from './spec.ts';

/** So many exhausted results in a row are taken for an endless loop. */
const emptyMax = 100_000;

export type Source = {
  readonly fn: (context: FunctionContext) => GenLike;
  readonly lift: (like: GenLike) => Gen;
  /** Does not look at the context: called once an operation, however often it is asked. */
  readonly blind: boolean;
};

/** A function without parameters gets no context. */
const nothingToSee = undefined as unknown as FunctionContext;

const isSame = (a: Rng, b: Rng): boolean => a === b || (a.a === b.a && a.b === b.b);

/** Stream of the draws of call n, and of the generator it returned: two names apart from one another. */
const drawsOf = (rng: Rng, call: number): Rng => fork(fork(rng, call), -1);
const childOf = (rng: Rng, call: number): Rng => fork(fork(rng, call), -2);

export class Calls implements Gen {
  readonly source: Source;
  /** The number of the call that comes next, or that `gen` came from. */
  readonly call: number;
  /** What call `call` returned and is being played. */
  readonly gen: Gen | undefined;
  /** What a blind function returned at a position (a stream), so that asking again does not call it again. */
  #known: { readonly rng: Rng; readonly result: Gen | null } | undefined;

  constructor(source: Source, call: number, gen: Gen | undefined) {
    this.source = source;
    this.call = call;
    this.gen = gen;
  }

  op(context: Context): Step {
    if (this.gen === undefined) return this.#ask(context);
    const step = this.#play(this.gen, context);
    return step.kind === 'done'
      ? new Calls(this.source, this.call + 1, undefined).op(context)
      : step;
  }

  update(context: Context, event: Op): Gen {
    if (this.gen === undefined) return this;
    const gen = this.gen.update(context, event);
    return gen === this.gen ? this : new Calls(this.source, this.call, gen);
  }

  #ask(context: Context): Step {
    let at: Calls = this;
    for (let skipped = 0; skipped < emptyMax; skipped++) {
      // Without a free process nothing could be emitted: the function is not bothered.
      if (context.threads.someFree() === undefined) return { kind: 'pending', next: at };
      const result = at.#resultOf(context);
      if (result === null) return done;
      const step = at.#play(result, context);
      if (step.kind === 'pending' && !at.source.blind) return { ...step, next: at };
      if (step.kind !== 'done') return step;
      at = new Calls(at.source, at.call + 1, undefined);
    }
    throw new Error(
      `${nameOfFunction(this.source)} returned nothing to do ${emptyMax} times in a row`,
    );
  }

  /** What the call returned; null when it ended the generator. */
  #resultOf(context: Context): Gen | null {
    const { source } = this;
    const known = this.#known;
    if (known !== undefined && isSame(known.rng, context.rng)) return known.result;
    try {
      const like = source.fn(source.blind ? nothingToSee : this.#view(context));
      const result = like === null ? null : source.lift(like);
      if (source.blind) this.#known = { rng: context.rng, result };
      return result;
    } catch (cause) {
      throw generatorError(nameOfFunction(source), context, cause);
    }
  }

  #view({ time, threads, rng }: Context): FunctionContext {
    return { time, threads, rng, random: new Random(drawsOf(rng, this.call)) };
  }

  #play(gen: Gen, context: Context): Step {
    if (gen instanceof Spec) {
      const next = new Calls(this.source, this.call + 1, undefined);
      return emit({ kind: gen.kind, spec: gen.spec, self: this, next }, context);
    }
    const step = gen.op({ ...context, rng: childOf(context.rng, this.call) });
    if (step.kind === 'done') return step;
    const next =
      step.next === finished
        ? new Calls(this.source, this.call + 1, undefined)
        : new Calls(this.source, this.call, step.next);
    return { ...step, next };
  }
}

const nameOfFunction = ({ fn }: Source): string =>
  fn.name === '' ? 'a generator function' : `the generator function ${fn.name}`;
