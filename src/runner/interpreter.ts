// The interpreter: what happens next in a run, decided without a clock, a socket or a file.
import { assert } from '../base/assert.ts';
import type { Rng } from '../base/random.ts';
import { finished } from '../generator/finished.ts';
import type {
  Context,
  Emitted,
  Gen,
  GenLike,
  RunProcess,
  Step,
  Thread,
} from '../generator/generator.ts';
import { generatorError, nameOf } from '../generator/generator-error.ts';
import { lift } from '../generator/lift.ts';
import { isNemesis, ThreadPool } from '../generator/threads.ts';
import type { Completion, Op, OpType, Process } from '../history/op.ts';
import { Sleepers } from './interpreter-sleepers.ts';

/** What the shell reports. Times are nanoseconds since the run began and never decrease. */
export type RunEvent =
  | { readonly kind: 'tick'; readonly time: number }
  | {
      readonly kind: 'completed';
      readonly time: number;
      readonly thread: Thread;
      readonly completion: Completion;
    }
  /** Nothing new is begun from now on. */
  | { readonly kind: 'interrupt'; readonly time: number };

/** What the shell has to do, in order. */
export type Effect =
  | { readonly kind: 'journal'; readonly op: Op }
  | { readonly kind: 'dispatch'; readonly op: Op; readonly thread: Thread }
  | { readonly kind: 'log'; readonly time: number; readonly message: string }
  /** Tick at this time at the latest (at once when it has passed). Replaces the wake before; none: wait for a completion. */
  | { readonly kind: 'wake'; readonly at: number }
  /** The generator is exhausted and nothing is outstanding. */
  | { readonly kind: 'stop' };

export type InterpreterOptions = {
  readonly generator: GenLike;
  /** Client threads; nemesis threads come on top. */
  readonly concurrency: number;
  /** 1 unless told. */
  readonly nemesisThreads?: number;
  readonly rng: Rng;
};

/** A pending generator with free threads is asked again this often, for those that watch something beyond events. */
const pollNs = 100_000_000;

/** An invocation that begins so much later than it was planned for, nanoseconds, is recorded as late. */
export const lateAfterNs = 10_000_000;

/** Owned by one run and changed by `step` only. */
export type RunState = {
  readonly pool: ThreadPool;
  readonly rng: Rng;
  gen: Gen;
  /** Index of the next operation in the history. */
  index: number;
  time: number;
  /** Invocations under way, by thread slot. */
  readonly outstanding: (Op | undefined)[];
  outstandingCount: number;
  readonly sleepers: Sleepers;
  /** An operation that was not due yet when it was offered: taken at its time, unless something happens before. */
  planned: Offer | undefined;
  /** When something was planned for that did not begin yet although its time has passed; Infinity: nothing. */
  overdue: number;
  invocations: number;
  /** Invocations that began late, and the latest of them. */
  late: { readonly count: number; readonly maxNs: number };
  isStopped: boolean;
};

type Offer = Step & { readonly kind: 'op' };

export const startRun = ({
  generator,
  concurrency,
  nemesisThreads = 1,
  rng,
}: InterpreterOptions): RunState => ({
  pool: new ThreadPool(concurrency, nemesisThreads),
  rng,
  gen: lift(generator),
  index: 0,
  time: 0,
  outstanding: new Array<Op | undefined>(concurrency + nemesisThreads).fill(undefined),
  outstandingCount: 0,
  sleepers: new Sleepers(),
  planned: undefined,
  overdue: Number.POSITIVE_INFINITY,
  invocations: 0,
  late: { count: 0, maxNs: 0 },
  isStopped: false,
});

/**
 * Takes one event and says what follows. Feed it completions before ticks, so that an answer that is here never looks
 * concurrent with an operation begun after it. At most one operation begins a tick, so that its time is true. Throws a
 * `GeneratorError` when the generator throws or emits nonsense.
 */
export const step = (state: RunState, event: RunEvent): readonly Effect[] => {
  assert(!state.isStopped, 'the run has stopped');
  if (event.time > state.time) state.time = event.time;
  if (event.kind !== 'tick') unplan(state);
  if (event.kind === 'completed') return settle(state, event.thread, event.completion);
  if (event.kind === 'interrupt') {
    state.gen = finished;
    for (const slot of state.sleepers.clear()) state.pool.setFree(slot);
    return [{ kind: 'wake', at: state.time }];
  }
  return advance(state);
};

/** Something happened: what was planned is asked for anew. */
const unplan = (state: RunState): void => {
  const { planned, time } = state;
  if (planned === undefined) return;
  if (planned.op.time < time && planned.op.time < state.overdue) state.overdue = planned.op.time;
  state.planned = undefined;
};

const settle = (state: RunState, thread: Thread, completion: Completion): readonly Effect[] => {
  const { pool, outstanding } = state;
  const slot = pool.slotOf(thread);
  const invocation = outstanding[slot];
  assert(
    invocation !== undefined,
    `a completion for thread ${thread}, which has nothing under way`,
  );
  outstanding[slot] = undefined;
  state.outstandingCount--;
  pool.setFree(slot);
  const op = completed(state, invocation, completion);
  update(state, op, pool.processAt(slot));
  // The truth about this operation is unknown: whatever its process did later would be concurrent with it.
  if (op.type === 'info' && !isNemesis(thread)) pool.retire(slot);
  return [
    { kind: 'journal', op },
    { kind: 'wake', at: state.time },
  ];
};

const completed = (state: RunState, invocation: Op, completion: Completion): Op => {
  const { process, f, key } = invocation;
  const { error } = completion;
  const type: OpType = process === 'nemesis' ? 'info' : completion.type;
  const value = completion.value === undefined ? invocation.value : completion.value;
  const { index, time } = nextPlace(state);
  const op =
    key === undefined
      ? { index, time, process, type, f, value }
      : { index, time, process, type, f, value, key };
  return Object.freeze(error === undefined ? op : { ...op, error });
};

const nextPlace = (state: RunState): { readonly index: number; readonly time: number } => ({
  index: state.index++,
  time: state.time,
});

const contextOf = ({ time, rng, pool }: RunState): Context => ({
  time,
  rng,
  threads: pool.threads,
});

/** In a history every nemesis thread is 'nemesis'; generators are told which one it was. */
const historyProcess = (process: RunProcess): Process =>
  typeof process === 'number' ? process : 'nemesis';

const update = (state: RunState, op: Op, process: RunProcess): void => {
  const context = contextOf(state);
  const event = process === op.process ? op : { ...op, process };
  try {
    state.gen = state.gen.update(context, event);
  } catch (cause) {
    throw generatorError(`update of ${nameOf(state.gen)}`, context, cause);
  }
};

const ask = (state: RunState): Step => {
  const context = contextOf(state);
  try {
    const answer = state.gen.op(context);
    if (answer.kind === 'op') checkEmitted(state, answer.op);
    return answer;
  } catch (cause) {
    throw generatorError(nameOf(state.gen), context, cause);
  }
};

const checkEmitted = ({ pool, time }: RunState, op: Emitted): void => {
  const slot = pool.slotOfProcess(op.process);
  // Messages are built only when they are needed: this runs for every operation.
  if (slot === -1 || !pool.isFree(slot))
    assert(false, `${op.f} emitted for process ${op.process}, not free`);
  if (!(op.time >= time))
    assert(false, `${op.f} emitted at ${op.time} ns, in the past of ${time} ns`);
};

const advance = (state: RunState): readonly Effect[] => {
  const { pool, sleepers, time } = state;
  if (sleepers.next <= time) {
    for (const slot of sleepers.wakeUntil(time)) pool.setFree(slot);
    unplan(state);
  }
  // Nobody could take anything: wait for an answer.
  if (pool.threads.freeCount === 0) return wakeAt(sleepers.next);
  const answer = state.planned ?? ask(state);
  if (answer.kind === 'op') return accept(state, answer);
  state.overdue = Number.POSITIVE_INFINITY;
  if (answer.kind === 'pending') {
    state.gen = answer.next;
    return wakeAt(Math.min(answer.wake ?? time + pollNs, time + pollNs, sleepers.next));
  }
  state.gen = finished;
  if (state.outstandingCount > 0 || sleepers.count > 0) return wakeAt(sleepers.next);
  state.isStopped = true;
  return [{ kind: 'stop' }];
};

const accept = (state: RunState, offer: Offer): readonly Effect[] => {
  if (offer.op.time > state.time) {
    state.planned = offer;
    state.overdue = Number.POSITIVE_INFINITY;
    return wakeAt(Math.min(offer.op.time, state.sleepers.next));
  }
  state.planned = undefined;
  state.gen = offer.next;
  const due = Math.min(offer.op.time, state.overdue);
  state.overdue = Number.POSITIVE_INFINITY;
  if (offer.op.kind === 'invoke') noteStart(state, state.time - due);
  return begin(state, offer.op);
};

const noteStart = (state: RunState, lateNs: number): void => {
  state.invocations++;
  if (lateNs <= lateAfterNs) return;
  const { count, maxNs } = state.late;
  state.late = { count: count + 1, maxNs: Math.max(maxNs, lateNs) };
};

const wakeAt = (at: number): readonly Effect[] =>
  Number.isFinite(at) ? [{ kind: 'wake', at }] : [];

const begin = (state: RunState, emitted: Emitted): readonly Effect[] => {
  const { pool, sleepers, time } = state;
  const { kind, f, value, key } = emitted;
  const slot = pool.slotOfProcess(emitted.process);
  const process = historyProcess(emitted.process);
  const wake: Effect = { kind: 'wake', at: time };
  if (kind === 'log') return [{ kind: 'log', time, message: String(value) }, wake];
  pool.setBusy(slot);
  if (kind === 'sleep') {
    sleepers.add(slot, time + Math.round(Number(value) * 1e9));
    return [wake];
  }
  const { index } = nextPlace(state);
  const type = 'invoke';
  const op: Op = Object.freeze(
    key === undefined
      ? { index, time, process, type, f, value }
      : { index, time, process, type, f, value, key },
  );
  state.outstanding[slot] = op;
  state.outstandingCount++;
  update(state, op, emitted.process);
  return [{ kind: 'journal', op }, { kind: 'dispatch', op, thread: pool.threadAt(slot) }, wake];
};
