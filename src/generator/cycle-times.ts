// Generators in turn, each for a while, over and over.
import { assert } from '../base/assert.ts';
import { fork } from '../base/random.ts';
import { nanoseconds } from './duration.ts';
import { done, finished } from './finished.ts';
import type { Context, Event, Gen, GenLike, Step } from './generator.ts';
import { lift } from './lift.ts';

/** When each turn ends, nanoseconds since the rotation began; the last one is its length. */
type Rotation = readonly number[];
/** Whose turn it is, and when the turn ends. */
type Turn = { readonly at: number; readonly end: number };

const turnAt = (rotation: Rotation, start: number, time: number): Turn => {
  const length = rotation.at(-1) as number;
  const begin = start + Math.floor((time - start) / length) * length;
  let at = 0;
  while (time >= begin + (rotation[at] as number)) at++;
  return { at, end: begin + (rotation[at] as number) };
};

class CycleTimes implements Gen {
  readonly rotation: Rotation;
  /** Undefined until the clock has started. */
  readonly start: number | undefined;
  readonly gens: readonly Gen[];
  constructor(rotation: Rotation, start: number | undefined, gens: readonly Gen[]) {
    this.rotation = rotation;
    this.start = start;
    this.gens = gens;
  }

  op(context: Context): Step {
    const { time, threads } = context;
    const start = this.start ?? time;
    const { at, end } = turnAt(this.rotation, start, time);
    const gen = this.gens[at] as Gen;
    const ask = (each: Gen, i: number): Step =>
      each === finished ? done : each.op({ time, threads, rng: fork(context.rng, i) });
    const step = ask(gen, at);
    if (step.kind === 'op' && step.op.time < end)
      return { kind: 'op', op: step.op, next: this.#with(start, at, step.next) };
    if (step.kind === 'done') {
      const rest = this.#with(start, at, finished);
      // The others' turns come: an exhausted one leaves its own turn empty.
      return rest.gens.every((each, i) => ask(each, i).kind === 'done')
        ? done
        : { kind: 'pending', next: rest, wake: end };
    }
    // An operation that is due after its generator's turn is not taken; the generator keeps its state for the next turn.
    const [next, wake] = step.kind === 'op' ? [gen, end] : [step.next, step.wake ?? end];
    return { kind: 'pending', next: this.#with(start, at, next), wake: Math.min(wake, end) };
  }

  update(context: Context, event: Event): Gen {
    let gens = this.gens;
    for (const [at, gen] of this.gens.entries()) {
      const next = gen.update(context, event);
      if (next !== gen) gens = gens.with(at, next);
    }
    return gens === this.gens ? this : new CycleTimes(this.rotation, this.start, gens);
  }

  #with(start: number, at: number, gen: Gen): CycleTimes {
    if (start === this.start && gen === this.gens[at]) return this;
    return new CycleTimes(this.rotation, start, this.gens.with(at, gen));
  }
}

/**
 * `cycleTimes([[5, writes], [10, reads]])`: writes for five seconds, reads for ten, writes again …, from the moment it
 * is first asked. Each goes on where it stopped. Ends when all have ended; operations under way go on past their turn.
 */
export const cycleTimes = (turns: readonly (readonly [seconds: number, gen: GenLike])[]): Gen => {
  let end = 0;
  const rotation = turns.map(([seconds]) => {
    assert(seconds > 0, `cycleTimes: a turn of ${seconds} seconds, expected above 0`);
    end += Math.max(1, nanoseconds('cycleTimes', seconds));
    return end;
  });
  if (turns.length === 0) return finished;
  return new CycleTimes(
    rotation,
    undefined,
    turns.map(([, gen]) => lift(gen)),
  );
};
