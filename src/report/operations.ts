// Joins invocations and completions of a history into operations with a beginning and an end.
import type { Op, OpError, OpType } from '../history/op.ts';
import { scanPairs } from '../history/pairing.ts';

/** One client operation; times in nanoseconds since the run began. */
export type Operation = {
  /** Index of the invocation. */
  readonly index: number;
  readonly process: number;
  readonly f: string;
  readonly key?: string | number;
  readonly value: unknown;
  /** `invoke` when no completion was recorded. */
  readonly type: OpType;
  readonly start: number;
  /** When the completion (of any type) was recorded. */
  readonly end?: number;
  /** The completion's value. */
  readonly result?: unknown;
  readonly error?: OpError;
};

const join = (invoke: Op, process: number, completion: Op | undefined): Operation => ({
  index: invoke.index,
  process,
  f: invoke.f,
  ...(invoke.key === undefined ? {} : { key: invoke.key }),
  value: invoke.value,
  type: completion?.type ?? 'invoke',
  start: invoke.time,
  ...(completion === undefined ? {} : { end: completion.time, result: completion.value }),
  ...(completion?.error === undefined ? {} : { error: completion.error }),
});

/** The clients' operations in order of their invocations; what is malformed in a history is left out. */
export const operationsOf = (history: readonly Op[]): readonly Operation[] => {
  const pairs = scanPairs(history, () => undefined); // a report is written of any history; checkers judge its form
  const operations: Operation[] = [];
  for (let i = 0; i < history.length; i++) {
    const op = history[i]!;
    if (op.process === 'nemesis' || op.type !== 'invoke') continue;
    operations.push(join(op, op.process, history[pairs[i]!]));
  }
  return operations;
};
