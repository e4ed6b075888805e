// The generator protocol: what to do next, as a pure value.
import type { Random, Rng } from '../base/random.ts';
import type { Op, Process } from '../history/op.ts';

/** A worker thread: clients are numbered from 0, the fault injector is 'nemesis'. A thread runs one process at a time. */
export type Thread = number | 'nemesis';

/** What a workload writes down: an operation without time and process, which are filled in when it is emitted. */
export type OpSpec = {
  readonly f: string;
  readonly value?: unknown;
  readonly key?: string | number;
  /** Only this process may take it (must be free), instead of any free one. */
  readonly process?: Process;
  /** Not before this time (nanoseconds since the run began). */
  readonly time?: number;
};

/** An operation as emitted: complete, and not in the past of the context that asked. */
export type Emitted = {
  readonly kind: 'invoke' | 'sleep' | 'log';
  readonly f: string;
  readonly value: unknown;
  readonly key?: string | number;
  readonly process: Process;
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

/** The threads a generator may use: a view that `onThreads`, `clients`, `reserve` … narrow. */
export type Threads = {
  /** Number of threads in scope. */
  readonly count: number;
  /** Number of free threads in scope. */
  readonly freeCount: number;
  /** A free process, chosen fairly (round robin), or undefined when all are busy. */
  someFree(): Process | undefined;
  has(thread: Thread): boolean;
  isFree(thread: Thread): boolean;
  /** The thread that runs a process (in scope or not), undefined for a retired process. */
  threadOf(process: Process): Thread | undefined;
  processOf(thread: Thread): Process | undefined;
  /** All threads in scope, ascending, the nemesis last. */
  all(): readonly Thread[];
};

/** An operation to do and the generator that comes after it; wait for an event or for time; or nothing, for ever. */
export type Step =
  | { readonly kind: 'op'; readonly op: Emitted; readonly next: Gen }
  | { readonly kind: 'pending'; readonly next: Gen }
  | { readonly kind: 'done' };

/** Asking (`op`) is free and changes nothing; `update` tells of every invocation and completion. */
export type Gen = {
  op(context: Context): Step;
  update(context: Context, event: Op): Gen;
};

/** What a function generator sees: the context, and a hand that draws from this position's stream. */
export type FunctionContext = Context & { readonly random: Random };

/**
 * What lifts to a generator: a generator; one operation (emitted once); an array or an iterable (one after another);
 * a function (called for ever; `null` ends it); null (done).
 */
export type GenLike =
  | Gen
  | OpSpec
  | readonly GenLike[]
  | Iterable<GenLike>
  | ((context: FunctionContext) => GenLike)
  | null;
