// Models by their names on the command line.
import { messageOf, usageError } from '../base/errors.ts';
import { models } from '../checker/linear/models.ts';
import { parseJson } from '../history/json.ts';
import { suggestion } from './suggest.ts';

/** `cas-register` → `casRegister`. */
const camel = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const kebab = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Models by their command-line names. */
export const modelNames = Object.keys(models).map(kebab);

/** A model as the command line names it, with its first value as JSON. */
export type ModelName = { readonly name: string; readonly initial: string | undefined };

/** Throws a usage error for a name or a value that means nothing. */
export const modelOf = ({ name, initial }: ModelName) => {
  const make = (
    models as unknown as Record<
      string,
      (...initial: unknown[]) => ReturnType<typeof models.casRegister>
    >
  )[camel(name)];
  if (!modelNames.includes(name) || !make)
    throw usageError(`unknown model '${name}': ${suggestion(name, modelNames)}`);
  if (initial === undefined) return make();
  try {
    return make(parseJson(initial));
  } catch (cause) {
    throw usageError(
      `--initial must be JSON (a text in quotes, a number, null), not ${initial}: ${messageOf(cause)}`,
    );
  }
};
