// The interpreter's real-time shell: a clock, workers and a journal around the pure step.
import type { Rng } from '../base/random.ts';
import type { Client } from '../contract/client.ts';
import type { Journal } from '../contract/journal.ts';
import type { RunTiming } from '../contract/timing.ts';
import type { GenLike, Thread } from '../generator/generator.ts';
import { nemesisThread } from '../generator/threads.ts';
import type { Completion, Op } from '../history/op.ts';
import { Alarm } from './alarm.ts';
import type { RunClock } from './clock.ts';
import { Deadlines } from './deadlines.ts';
import { type Effect, lateAfterNs, type RunState, startRun, step } from './interpreter.ts';
import { measureLag } from './lag.ts';
import { catchStrays } from './strays.ts';
import type { Worker } from './worker.ts';
import { ClientWorker } from './worker-client.ts';
import { type InvokeNemesis, NemesisWorker } from './worker-nemesis.ts';

export type PerformOptions = {
  readonly generator: GenLike;
  /** Client threads. */
  readonly concurrency: number;
  /** Fault operations that may be under way at once, 1 unless told: threads 'nemesis', 'nemesis-2' … */
  readonly nemesisThreads?: number;
  readonly rng: Rng;
  readonly clock: RunClock;
  readonly journal: Journal;
  /** Connects the client of a thread; called before its first operation and again after every `info`. */
  readonly openClient: (thread: number) => Promise<Client>;
  readonly invokeNemesis: InvokeNemesis;
  /** Told of every entry of the history, just after it was journalled. */
  readonly onOp?: (op: Op) => void;
  /**
   * Told of errors that clients and faults throw outside of any operation (in timers, sockets, abort listeners). Without
   * it they end the process, as they do in any program.
   */
  readonly onStray?: (thrown: unknown) => void;
  /** Told of the generator's `log` messages. */
  readonly onLog?: (message: string) => void;
  /** Ends the run early: nothing new begins, and what is under way gets `graceMs`. */
  readonly signal?: AbortSignal;
  /** An unanswered client operation counts as `info` after this, 5,000 ms unless told. */
  readonly deadlineMs?: number;
  /** The same for the nemesis, 60,000 ms unless told. */
  readonly nemesisDeadlineMs?: number;
  /** 1,000 ms unless told. */
  readonly graceMs?: number;
};

export type Performed = {
  readonly interrupted: boolean;
  /** Entries in the history. */
  readonly entries: number;
  readonly timing: RunTiming;
};

export { type RunClock, startClock } from './clock.ts';

/**
 * Runs operations until the generator is exhausted and nothing is outstanding, or until interrupted. Rejects when the
 * generator throws (`GeneratorError`) or the journal fails; also then nothing is left running, and what was under way
 * is in the history as `info` if it can still be written. The journal stays open.
 */
export const perform = (options: PerformOptions): Promise<Performed> =>
  new Performance(options).run();

/** After so long without a breath the loop lets sockets and timers have their turn. */
const breathNs = 2_000_000;
/** Operations begun in one turn before answers that may have come are looked at. */
const burstMax = 256;

type Arrived = {
  readonly time: number;
  readonly thread: Thread;
  readonly completion: Completion;
};

class Performance {
  readonly #options: PerformOptions;
  readonly #clock: RunClock;
  readonly #state: RunState;
  /** By slot; nemesis threads last. */
  readonly #workers: readonly Worker[];
  readonly #deadlines: Deadlines;
  readonly #alarm = new Alarm(() => this.#breathe());
  #arrived: Arrived[] = [];
  #wake = 0;
  #graceEnd = Number.POSITIVE_INFINITY;
  #lastBreath = 0;
  #isScheduled = false;
  #isInterrupted = false;
  #isOver = false;
  #failure: { readonly cause: unknown } | undefined;
  #resolve: () => void = () => undefined;

  constructor(options: PerformOptions) {
    const {
      concurrency,
      nemesisThreads = 1,
      openClient: open,
      deadlineMs = 5000,
      nemesisDeadlineMs = 60_000,
    } = options;
    this.#options = options;
    this.#clock = options.clock;
    this.#state = startRun(options);
    const settle = (thread: Thread, completion: Completion): void =>
      this.#arrive(thread, completion);
    this.#workers = [
      ...Array.from(
        { length: concurrency },
        (_, thread) => new ClientWorker({ thread, open, settle }),
      ),
      ...Array.from(
        { length: nemesisThreads },
        (_, i) => new NemesisWorker(nemesisThread(i), options.invokeNemesis, settle),
      ),
    ];
    this.#deadlines = new Deadlines({ pool: this.#state.pool, deadlineMs, nemesisDeadlineMs });
  }

  async run(): Promise<Performed> {
    const { signal, onStray } = this.#options;
    const lag = measureLag();
    const strays = onStray === undefined ? () => 0 : catchStrays(onStray);
    const over = new Promise<void>((resolve) => {
      this.#resolve = resolve;
    });
    signal?.addEventListener('abort', this.#onInterrupt);
    if (signal?.aborted) this.#onInterrupt();
    this.#breathe();
    await over;
    signal?.removeEventListener('abort', this.#onInterrupt);
    this.#alarm.clear();
    await Promise.all(this.#workers.map((worker) => worker.close()));
    const timing = { ...this.#lateness(), ...lag(), strays: strays() };
    if (this.#failure !== undefined) throw this.#failure.cause;
    return { interrupted: this.#isInterrupted, entries: this.#state.index, timing };
  }

  #lateness(): Omit<RunTiming, 'lagMaxMs' | 'lagP99Ms' | 'strays'> {
    const { invocations, late } = this.#state;
    const [lateMaxMs, lateAfterMs] = [late.maxNs / 1e6, lateAfterNs / 1e6];
    return { invocations, lateInvocations: late.count, lateMaxMs, lateAfterMs };
  }

  readonly #onInterrupt = (): void => {
    if (this.#isOver || this.#isInterrupted) return;
    this.#isInterrupted = true;
    this.#endWithin((this.#options.graceMs ?? 1000) * 1e6);
    this.#schedule();
  };

  /** Nothing new begins; what is under way then counts as unknown. */
  #endWithin(graceNs: number): void {
    const time = this.#clock.now();
    this.#graceEnd = Math.min(this.#graceEnd, time + graceNs);
    this.#carryOut(step(this.#state, { kind: 'interrupt', time }));
    for (const slot of this.#slotsUnderWay()) this.#workers[slot]?.cancel();
  }

  #slotsUnderWay(): readonly number[] {
    return this.#workers
      .keys()
      .filter((slot) => this.#state.outstanding[slot] !== undefined)
      .toArray();
  }

  /** An answer is here: its time is now, whenever it is looked at. */
  #arrive(thread: Thread, completion: Completion): void {
    this.#arrived.push({ time: this.#clock.now(), thread, completion });
    this.#schedule();
  }

  /** Answers that come together are handled together; a client that always answers at once does not starve sockets. */
  #schedule(): void {
    if (this.#isScheduled || this.#isOver) return;
    this.#isScheduled = true;
    if (this.#clock.now() - this.#lastBreath < breathNs) queueMicrotask(this.#turn);
    else setImmediate(() => this.#breathe());
  }

  #breathe(): void {
    this.#lastBreath = this.#clock.now();
    this.#turn();
  }

  readonly #turn = (): void => {
    this.#isScheduled = false;
    if (this.#isOver) return;
    try {
      this.#proceed();
    } catch (cause) {
      this.#fail(cause);
    }
    if (this.#isOver) this.#resolve();
  };

  /** Answers first, then whatever is due, one operation at a time. */
  #proceed(): void {
    for (let begun = 0; begun < burstMax; begun++) {
      this.#settleArrived();
      const now = this.#clock.now();
      if (now >= this.#deadlines.next || now >= this.#graceEnd) this.#giveUpLate(now);
      if (this.#wake > now) {
        this.#alarm.set(Math.min(this.#wake, this.#deadlines.next, this.#graceEnd), now);
        return;
      }
      this.#carryOut(step(this.#state, { kind: 'tick', time: now }));
      if (this.#isOver) return;
    }
    this.#schedule();
  }

  #settleArrived(): void {
    while (this.#arrived.length > 0) {
      const arrived = this.#arrived;
      this.#arrived = [];
      for (const { time, thread, completion } of arrived) this.#complete(time, thread, completion);
    }
  }

  #complete(time: number, thread: Thread, completion: Completion): void {
    this.#deadlines.end(thread);
    this.#carryOut(step(this.#state, { kind: 'completed', time, thread, completion }));
  }

  #giveUpLate(now: number): void {
    for (const thread of this.#deadlines.expired(now)) {
      const message = `no answer within ${this.#deadlines.msOf(thread)} ms`;
      this.#giveUp(thread, 'timeout', message);
    }
    if (now < this.#graceEnd) return;
    this.#graceEnd = Number.POSITIVE_INFINITY;
    for (const slot of this.#slotsUnderWay())
      this.#giveUp(this.#state.pool.threadAt(slot), 'interrupted', 'the run was interrupted');
  }

  #giveUp(thread: Thread, code: string, message: string): void {
    const completion = this.#workerOf(thread).abandon(code, message);
    this.#complete(this.#clock.now(), thread, completion);
  }

  #workerOf(thread: Thread): Worker {
    return this.#workers[this.#state.pool.slotOf(thread)] as Worker;
  }

  #carryOut(effects: readonly Effect[]): void {
    this.#wake = Number.POSITIVE_INFINITY;
    for (const effect of effects) {
      if (effect.kind === 'journal') this.#record(effect.op);
      else if (effect.kind === 'dispatch') this.#dispatch(effect.op, effect.thread);
      else if (effect.kind === 'wake') this.#wake = effect.at;
      else if (effect.kind === 'log') this.#options.onLog?.(effect.message);
      else this.#isOver = true;
    }
  }

  #record(op: Op): void {
    this.#options.journal.append(op);
    this.#options.onOp?.(op);
  }

  #dispatch(op: Op, thread: Thread): void {
    this.#deadlines.begin(thread, op.time);
    this.#workerOf(thread).start(op);
  }

  /** The first failure is what the run rejects with. */
  #fail(cause: unknown): void {
    this.#failure ??= { cause };
    try {
      this.#endWithin(0);
      this.#settleArrived();
      this.#giveUpLate(this.#clock.now());
    } catch {
      // Nothing can be written any more: the failure that is told already says why.
    }
    this.#isOver = true;
  }
}
