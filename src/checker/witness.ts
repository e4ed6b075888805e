// The smallest part of a history that shows a violation: what the report says in words and draws as a picture.
import type { OpType, Process } from '../history/op.ts';

/** One operation of a witness: invocation and completion in one, times in nanoseconds since the run began. */
export type WitnessOp = {
  /** Index of the invocation in the history. */
  readonly index: number;
  readonly process: Process;
  readonly f: string;
  /** The invocation's value, and the completion's where it differs. */
  readonly value: unknown;
  readonly result?: unknown;
  /** `invoke` when it never completed. */
  readonly type: OpType;
  readonly start: number;
  /** Absent when it never completed or completed as `info`: it may take effect at any later time. */
  readonly end?: number;
  /** Set on the operation that cannot be explained. */
  readonly culprit?: boolean;
};

/** Carried in a verdict under `witness`, JSON-safe. */
export type Witness = {
  /** One sentence: what is wrong, for the verdict line. */
  readonly title: string;
  readonly key?: string | number;
  /** The story, a sentence an entry, in order of time. */
  readonly words: readonly string[];
  /** Two to six operations, ordered by start. */
  readonly ops: readonly WitnessOp[];
};
