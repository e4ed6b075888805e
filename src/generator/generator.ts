// The generator protocol: what to do next, as a pure value.
import type { Random, Rng } from '../base/random.ts';
import type { Op } from '../history/op.ts';

/** A thread of the fault injector; a run may have several, so that its operations can overlap. */
export type NemesisThread = 'nemesis' | `nemesis-${number}`;

/**
 * A worker thread: clients are numbered from 0; the fault injector is 'nemesis', its further threads are 'nemesis-2',
 * 'nemesis-3' … A thread runs one process at a time.
 */
export type Thread = number | NemesisThread;

/** A process as generators see it: a nemesis thread's is named like the thread (a history calls all of them 'nemesis'). */
export type RunProcess = number | NemesisThread;

/** An invocation or completion as generators hear of it. */
export type Event = Omit<Op, 'process'> & { readonly process: RunProcess };

/** What a workload writes down: an operation without time and process, which are filled in when it is emitted. */
export type OpSpec = {
  readonly f: string;
  readonly value?: unknown;
  readonly key?: string | number;
  /** Only this process may take it (must be free), instead of any free one. */
  readonly process?: RunProcess;
  /** Not before this time (nanoseconds since the run began). */
  readonly time?: number;
};

/** An operation as emitted: complete, and not in the past of the context that asked. */
export type Emitted = {
  readonly kind: 'invoke' | 'sleep' | 'log';
  readonly f: string;
  readonly value: unknown;
  readonly key?: string | number;
  readonly process: RunProcess;
  /** Nanoseconds since the run began; later than the context's time means "wake me then". */
  readonly time: number;
};

/** Everything a generator may look at. Values only: asking changes nothing. */
export type Context = {
  /** Nanoseconds since the run began. */
  readonly time: number;
  /** The stream of this position in the tree of generators; combinators fork it for their children. */
  readonly rng: Rng;
  /** Threads in scope, and which of them are free. */
  readonly threads: Threads;
};

/** Chooses threads of a scope: by name, or by position among the scope's threads (ascending, the nemesis last). */
export type ThreadFilter = {
  accepts(thread: Thread, position: number): boolean;
};

/**
 * The threads a generator may use: a live view that `onThreads`, `clients`, `reserve` … narrow.
 * It changes between asks, never during one: look at it, do not keep it.
 */
export type Threads = {
  /** Number of threads in scope. */
  readonly count: number;
  /** How many of them are clients; they come first. */
  readonly clientCount: number;
  /** Number of free threads in scope. */
  readonly freeCount: number;
  /** How many processes of the whole run were retired so far: while it stays, every thread runs the same process. */
  readonly retirements: number;
  /** The process of the thread that has been free longest (so threads take turns), undefined when all are busy. */
  someFree(): RunProcess | undefined;
  has(thread: Thread): boolean;
  isFree(thread: Thread): boolean;
  /** The thread that runs a process (in scope or not), undefined for a retired process. */
  threadOf(process: RunProcess): Thread | undefined;
  processOf(thread: Thread): RunProcess | undefined;
  /** All threads in scope, ascending, the nemesis last. */
  all(): readonly Thread[];
  /** The free threads in scope, the one that has been free longest first. */
  free(): readonly Thread[];
  /** Where a thread of the scope stands in `all()`. */
  positionOf(thread: Thread): number;
  /** The threads of this scope that a filter accepts; the same filter object gives the same view again. */
  narrow(filter: ThreadFilter): Threads;
  /** One thread of this scope. */
  only(thread: Thread): Threads;
};

/**
 * An operation to do and the generator that comes after it; wait for an event or for time; or nothing, for ever.
 * `next` of a pending step may be adopted or dropped. `wake` (nanoseconds since the run began, later than the
 * context's time) asks to be asked again then, even if nothing happens.
 */
export type Step =
  | { readonly kind: 'op'; readonly op: Emitted; readonly next: Gen }
  | { readonly kind: 'pending'; readonly next: Gen; readonly wake?: number }
  | { readonly kind: 'done' };

/**
 * Asking (`op`) is free and changes nothing; `update` tells of every invocation and completion in scope. At a
 * completion the thread is free already and still runs the old process. `update` draws nothing from the context's stream.
 */
export type Gen = {
  op(context: Context): Step;
  update(context: Context, event: Event): Gen;
};

/** What a function generator sees: the context, and a hand that draws from this position's stream. */
export type FunctionContext = Context & { readonly random: Random };

/**
 * What lifts to a generator: a generator; one operation (emitted once); an array or an iterable (one after another,
 * pulled lazily); a function (called for ever; `null` ends it); null (done).
 * A function without parameters is called once an operation. One that takes the context is called at every ask, so it
 * must be pure and draw from `context.random` only.
 */
export type GenLike =
  | Gen
  | OpSpec
  | readonly GenLike[]
  | Iterable<GenLike>
  | ((context: FunctionContext) => GenLike)
  | null;
