// A generator that threw: which one, doing what, and in what context.
import { messageOf } from '../base/errors.ts';
import type { Context, Gen } from './generator.ts';

/** Names the generator and the context it was asked in; `cause` is what was thrown. */
export class GeneratorError extends Error {
  override readonly name = 'GeneratorError';
}

/** When and with how many free threads. */
export const sayContext = ({ time, threads }: Context): string =>
  `at ${(time / 1e9).toFixed(3)} s with ${threads.freeCount} of ${threads.count} threads free`;

/** The name of a generator and of those inside it that it passes everything to, e.g. `TimeLimit > Stagger > Mix`. */
export const nameOf = (gen: Gen): string => {
  const names: string[] = [];
  let at: unknown = gen;
  while (typeof at === 'object' && at !== null && names.length < 12) {
    names.push(at.constructor.name);
    at = 'gen' in at ? at.gen : undefined;
  }
  return names.join(' > ');
};

/** Wraps what `who` threw; an error that already names its generator passes unchanged. */
export const generatorError = (who: string, context: Context, cause: unknown): GeneratorError =>
  cause instanceof GeneratorError
    ? cause
    : new GeneratorError(`${who} threw ${sayContext(context)}: ${messageOf(cause)}`, {
        cause,
      });

/** Calls code of the user's; what it throws comes out as a `GeneratorError` that names `who`. */
export const callNamed = <T>(who: string, context: Context, call: () => T): T => {
  try {
    return call();
  } catch (cause) {
    throw generatorError(who, context, cause);
  }
};
