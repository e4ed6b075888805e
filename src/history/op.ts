// The operation record: one line of a history, spoken by generator, client, nemesis, checker, store and report.

/** A logical single-threaded client, numbered from 0; or the fault injector. */
export type Process = number | 'nemesis';
export type OpType = 'invoke' | 'ok' | 'fail' | 'info';

/** `[code, ...detail]`: a stable code first, then whatever explains it. */
export type OpError = readonly [code: string, ...detail: unknown[]];

/**
 * One line of a history. `ok` happened, `fail` certainly did not, `info` means "may have happened, and may still happen".
 * Frozen and JSON-safe; keys beyond these survive every round trip. A client process does one thing at a time; the
 * nemesis may have several operations open, paired by `f`, the first opened first.
 */
export type Op<F extends string = string, V = unknown> = {
  /** Position in the history, dense from 0. */
  readonly index: number;
  /** Whole nanoseconds since the run began, monotonic clock. */
  readonly time: number;
  readonly process: Process;
  readonly type: OpType;
  readonly f: F;
  readonly value: V;
  /** Names the independent part of the system (a register's key) that the operation touches. */
  readonly key?: string | number;
  readonly error?: OpError;
};

/** What a client answers: how the operation ended; `value` absent means the invocation's own. */
export type Completion<V = unknown> = {
  readonly type: 'ok' | 'fail' | 'info';
  readonly value?: V;
  readonly error?: OpError;
};
