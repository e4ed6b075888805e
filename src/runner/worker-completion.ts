// What clients answer, made into completions: right ones pass, everything else becomes the honest "unknown".
import { messageOf } from '../base/errors.ts';
import { DefiniteError } from '../contract/client.ts';
import type { Completion, OpError } from '../history/op.ts';

const depthMax = 64;

const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Whether it survives being written to the history: no functions, dates, maps, cycles … */
const isData = (value: unknown, depth: number): boolean => {
  if (value === null || value === undefined) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object')
    return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint';
  if (depth > depthMax) return false;
  if (Array.isArray(value)) return value.every((part) => isData(part, depth + 1));
  return isPlainObject(value) && Object.values(value).every((part) => isData(part, depth + 1));
};

const isError = (error: unknown): boolean =>
  error === undefined || (Array.isArray(error) && typeof error[0] === 'string' && isData(error, 0));

const complaint = (answer: unknown): string | undefined => {
  if (typeof answer !== 'object' || answer === null)
    return `answered ${String(answer)} instead of an object with a type`;
  const { type, value, error } = answer as Partial<Completion>;
  if (type !== 'ok' && type !== 'fail' && type !== 'info')
    return `answered the type ${String(type)} instead of ok, fail or info`;
  if (!isData(value, 0)) return 'answered a value that cannot be written as JSON';
  if (!isError(error)) return 'answered an error that is no list beginning with a code';
  return undefined;
};

/** The answer itself when it has the right shape, else `info` with `bad-completion`. */
export const completionOf = (answer: unknown): Completion => {
  const wrong = complaint(answer);
  if (wrong === undefined) return answer as Completion;
  return { type: 'info', error: ['bad-completion', wrong] };
};

const codeOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return 'thrown';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
};

const isDefinite = (thrown: unknown): boolean =>
  // By name too: a user's system may come with a copy of the package of its own.
  thrown instanceof DefiniteError || (thrown instanceof Error && thrown.name === 'DefiniteError');

export const errorOf = (thrown: unknown): OpError => [codeOf(thrown), messageOf(thrown)];

/** A throw proves nothing, unless it is a `DefiniteError`. */
export const completionOfThrown = (thrown: unknown): Completion => ({
  type: isDefinite(thrown) ? 'fail' : 'info',
  error: errorOf(thrown),
});
