// A limit for what must not hang for ever.
import { infrastructureError } from '../base/errors.ts';

/** The promise, or an infrastructure error `timeout` that names what took longer than `ms`; what hangs is left to itself. */
export const within = async <T>(ms: number, what: string, promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = infrastructureError(`${what}: not done within ${ms / 1000} s`, {
      code: 'timeout',
    });
    timer = setTimeout(() => reject(error), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
