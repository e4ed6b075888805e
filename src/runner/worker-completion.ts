// What clients answer, made into completions: right ones pass, everything else becomes the honest "unknown".
import { messageOf } from '../base/errors.ts';
import { DefiniteError } from '../contract/client.ts';
import { stringifyJson } from '../history/json.ts';
import type { Completion, OpError } from '../history/op.ts';

/** Why it cannot be written to the history; undefined when it can. */
const refusalOf = (value: unknown): string | undefined => {
  if (value === null || value === undefined || typeof value === 'string') return undefined;
  if (typeof value === 'boolean' || Number.isFinite(value)) return undefined;
  try {
    stringifyJson(value);
    return undefined;
  } catch (refused) {
    return messageOf(refused);
  }
};

const isError = (error: unknown): boolean =>
  error === undefined ||
  (Array.isArray(error) && typeof error[0] === 'string' && refusalOf(error) === undefined);

const complaint = (answer: unknown): string | undefined => {
  if (typeof answer !== 'object' || answer === null)
    return `answered ${String(answer)} instead of an object with a type`;
  const { type, value, error } = answer as Partial<Completion>;
  if (type !== 'ok' && type !== 'fail' && type !== 'info')
    return `answered the type ${String(type)} instead of ok, fail or info`;
  const refusal = refusalOf(value);
  if (refusal !== undefined) return `answered a value of no use: ${refusal}`;
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
