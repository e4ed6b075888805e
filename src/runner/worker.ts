// What the shell needs of whoever performs operations.
import type { Thread } from '../generator/generator.ts';
import type { Completion, Op } from '../history/op.ts';

/** Performs the operations of one thread, one at a time. */
export type Worker = {
  /** Begins an operation; its end is told exactly once, unless it is abandoned before. */
  start(op: Op): void;
  /** Asks the operation under way to end soon. */
  cancel(): void;
  /** Gives the operation under way up and returns how it ends; a late answer is ignored. */
  abandon(code: string, message: string): Completion;
  /** Lets go of everything; never rejects. */
  close(): Promise<void>;
};

export type Settle = (thread: Thread, completion: Completion) => void;

/** Resolves when the promise has settled, either way, or after `ms`. */
export const settledWithin = async (promise: Promise<unknown>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise.catch(() => undefined), late]);
  clearTimeout(timer);
};
