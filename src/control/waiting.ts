// Promises that come to an end: by a signal, or by a clock.
import { setTimeout as sleep } from 'node:timers/promises';

/** A promise that rejects with the signal's reason when it aborts, and a way to stop listening. */
export const rejectionOf = (
  signal: AbortSignal,
): { readonly promise: Promise<never>; dispose(): void } => {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  promise.catch(() => undefined);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return { promise, dispose: () => signal.removeEventListener('abort', onAbort) };
};

/** The value, unless the signal aborts first: then its reason is thrown. The work itself goes on. */
export const unlessAborted = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  const stop = rejectionOf(signal);
  try {
    return await Promise.race([work, stop.promise]);
  } finally {
    stop.dispose();
  }
};

/** The value, or `undefined` when it does not come within so many milliseconds, or not at all. The work itself goes on. */
export const within = async <T>(ms: number, work: Promise<T>): Promise<T | undefined> => {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    timer.abort();
  }
};
