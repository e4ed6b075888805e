// What a check answers: the verdict, the anomalies with their evidence, and why there is no answer.
import type { Mop, Scalar, TxnOp } from './op.ts';

/** Why a history could not be judged: `valid` is then 'unknown'. */
export type CheckError = {
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  /** Positions in the history of the operations to look at. */
  readonly positions?: readonly number[];
  /** Operations to look at, at most eight. */
  readonly examples?: readonly TxnOp[];
};

export type Relation = 'ww' | 'wr' | 'rw' | 'wwp' | 'wrp' | 'rwp' | 'process' | 'realtime';

/** Why one transaction of a cycle comes before the next. Values are null for the initial state. */
export type Step = {
  readonly type: Relation;
  readonly key?: Scalar;
  readonly value?: Scalar | null;
  readonly nextValue?: Scalar | null;
  /** Which micro-operation of the first, and of the second transaction. */
  readonly mopIndex?: number;
  readonly nextMopIndex?: number;
  readonly process?: number;
  /** realtime: completion of the first, invocation of the second; nanoseconds between them. */
  readonly completed?: TxnOp;
  readonly invoked?: TxnOp;
  readonly elapsed?: number;
};

/** A cycle of transactions: `steps[i]` leads from `cycle[i]` to `cycle[i + 1]`; the last is the first again. */
export type Cycle = {
  readonly type: string;
  readonly cycle: readonly TxnOp[];
  readonly steps: readonly Step[];
  /** False when the work allowed ran out before every shorter cycle was ruled out. */
  readonly shortest: boolean;
};

/** A cycle is known to exist, though none of the types that are searched for was found. */
export type CycleExists = {
  readonly type: string;
  readonly not: string;
  readonly size: number;
  /** Positions in the history of the smallest component's completions. */
  readonly positions: readonly number[];
};

/** Anything else: which operation, which micro-operation, and what is wrong with it. */
export type Finding = {
  readonly op?: TxnOp;
  readonly mop?: Mop;
  readonly writer?: TxnOp;
  readonly key?: Scalar;
  readonly [detail: string]: unknown;
};

export type Anomaly = Cycle | CycleExists | Finding;

export type CheckResult = {
  readonly valid: true | false | 'unknown';
  /** Names of the anomalies found that matter for what was asked, sorted. */
  readonly anomalyTypes: readonly string[];
  /** Weakest consistency models ruled out, by friendly name. */
  readonly not: readonly string[];
  /** Stronger models that fall with them. */
  readonly alsoNot: readonly string[];
  readonly anomalies: Readonly<Record<string, readonly Anomaly[]>>;
  /** Why there is no verdict. */
  readonly error?: CheckError;
  /** What was seen but does not count towards the verdict, because Elle would not count it. */
  readonly warnings?: readonly string[];
};
