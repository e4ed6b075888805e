// Runs a generator under virtual time: the same interpreter, no waiting, the same history for the same seed.
import { fork, Random, type Rng, rngOf } from '../base/random.ts';
import type { GenLike, Thread } from '../generator/generator.ts';
import type { Completion, Op } from '../history/op.ts';
import { type Effect, type RunState, startRun, step } from '../runner/interpreter.ts';
import { Arrivals } from './arrivals.ts';

/** How an operation ends, and how long it takes (nanoseconds, ≥ 0; Infinity: never). */
export type Answer = { readonly completion: Completion; readonly afterNs: number };
/** Stands in for clients and nemesis; `random` is this operation's own stream. */
export type CompletionModel = (op: Op, random: Random) => Answer;

/** Everything succeeds at once. */
export const quick: CompletionModel = () => ({ completion: { type: 'ok' }, afterNs: 0 });
/** Everything succeeds after 10 ns, as Jepsen's `perfect`. */
export const perfect: CompletionModel = () => ({ completion: { type: 'ok' }, afterNs: 10 });
/** Nobody ever learns how anything ended. */
export const perfectInfo: CompletionModel = () => ({ completion: { type: 'info' }, afterNs: 10 });
/** A third each of ok, fail and info, after 0 to 20 ms. */
export const imperfect: CompletionModel = (_, random) => ({
  completion: { type: random.pick(['ok', 'fail', 'info'] as const) },
  afterNs: random.int(20_000_000),
});

export type VirtualRun = {
  readonly generator: GenLike;
  readonly concurrency: number;
  /** Nemesis threads, 1 unless told. */
  readonly nemesisThreads?: number;
  readonly seed: number;
  readonly model?: CompletionModel;
  /** The run is interrupted then: nothing begins at this time or later. */
  readonly untilSeconds?: number;
  /** The run is interrupted when the history has so many entries (or ten times as many things happened); 1,000,000 unless told. */
  readonly maxEntries?: number;
};

/** An endless loop of log messages or sleeps makes events, but no entries. */
const eventsAnEntryMax = 10;

/** One run on its way. */
class VirtualTime {
  readonly history: Op[] = [];
  readonly #state: RunState;
  readonly #model: CompletionModel;
  readonly #answers: Rng;
  readonly #arrivals = new Arrivals();
  /** Infinity: nothing to do before the next arrival. */
  #wake = 0;

  constructor({ generator, concurrency, nemesisThreads = 1, seed, model = perfect }: VirtualRun) {
    const root = rngOf(seed);
    const rng = fork(root, 'generator');
    this.#state = startRun({ generator, concurrency, nemesisThreads, rng });
    this.#answers = fork(root, 'answers');
    this.#model = model;
  }

  /** When something happens next; Infinity when nothing ever will. */
  get next(): number {
    return this.#state.isStopped
      ? Number.POSITIVE_INFINITY
      : Math.min(this.#arrivals.next, this.#wake);
  }

  interrupt(time: number): void {
    this.#carryOut(step(this.#state, { kind: 'interrupt', time }));
  }

  /** Completions go before ticks. */
  happen(): void {
    const arrivals = this.#arrivals;
    this.#carryOut(
      arrivals.next <= this.#wake
        ? step(this.#state, { kind: 'completed', ...arrivals.take() })
        : step(this.#state, { kind: 'tick', time: this.#wake }),
    );
  }

  #carryOut(effects: readonly Effect[]): void {
    this.#wake = Number.POSITIVE_INFINITY;
    for (const effect of effects) {
      if (effect.kind === 'wake') this.#wake = effect.at;
      if (effect.kind === 'journal') this.history.push(effect.op);
      if (effect.kind === 'dispatch') this.#dispatch(effect.op, effect.thread);
    }
  }

  #dispatch(op: Op, thread: Thread): void {
    const { completion, afterNs } = this.#model(op, new Random(fork(this.#answers, op.index)));
    const time = op.time + afterNs;
    if (Number.isFinite(time)) this.#arrivals.add({ time, order: op.index, thread, completion });
  }
}

/**
 * Plays a whole run and returns its history. Operations that never end (an infinite `afterNs`) stay open at the end,
 * like those of a client that hangs without a deadline.
 */
export const runVirtually = (run: VirtualRun): readonly Op[] => {
  const { untilSeconds = Number.POSITIVE_INFINITY, maxEntries = 1_000_000 } = run;
  const world = new VirtualTime(run);
  const end = untilSeconds * 1e9;
  const eventsMax = eventsAnEntryMax * maxEntries;
  for (let events = 0; world.next < end && events < eventsMax; events++) {
    if (world.history.length >= maxEntries) break;
    world.happen();
  }
  if (world.next === Number.POSITIVE_INFINITY) return world.history;
  world.interrupt(Math.min(world.next, end));
  while (world.next !== Number.POSITIVE_INFINITY) world.happen();
  return world.history;
};
