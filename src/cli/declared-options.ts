// Turns the options that systems, workloads and nemeses declare into yargs options, and reads their values back.
import type { Options } from 'yargs';
import { usageError } from '../base/errors.ts';
import type { OptionSpec, OptionSpecs, OptionValue, OptionValues } from '../contract/options.ts';

export type Declared = { readonly owner: string; readonly specs: OptionSpecs };

/** yargs options, grouped under their owner in `--help`; two owners with one name are refused. */
export const yargsOptionsOf = (declared: readonly Declared[]): Record<string, Options> => {
  const options: Record<string, Options> = {};
  for (const { owner, specs } of declared)
    for (const [name, spec] of Object.entries(specs)) {
      if (options[name])
        throw usageError(`option --${name} is declared twice, the second time by ${owner}`);
      options[name] = {
        type: spec.type,
        describe: spec.describe,
        default: spec.default,
        group: `Options of ${owner}:`,
        ...(spec.type === 'string' && spec.choices ? { choices: spec.choices } : {}),
        requiresArg: spec.type !== 'boolean',
      };
    }
  return options;
};

const checkNumber = (
  name: string,
  spec: Extract<OptionSpec, { type: 'number' }>,
  value: number,
): void => {
  if (!Number.isFinite(value)) throw usageError(`--${name} must be a number`);
  if (spec.integer && !Number.isSafeInteger(value))
    throw usageError(`--${name} must be a whole number, not ${value}`);
  if (spec.min !== undefined && value < spec.min)
    throw usageError(`--${name} must be at least ${spec.min}, not ${value}`);
  if (spec.max !== undefined && value > spec.max)
    throw usageError(`--${name} must be at most ${spec.max}, not ${value}`);
};

const readOption = (name: string, spec: OptionSpec, given: unknown): OptionValue => {
  if (Array.isArray(given)) throw usageError(`--${name} is given more than once`);
  const value = given ?? spec.default;
  if (spec.type === 'number') {
    checkNumber(name, spec, Number(value));
    return Number(value);
  }
  return spec.type === 'boolean' ? Boolean(value) : String(value);
};

/** The values of every declared option out of parsed arguments, defaults filled in. */
export const readOptions = (
  declared: readonly Declared[],
  argv: Readonly<Record<string, unknown>>,
): OptionValues =>
  Object.fromEntries(
    declared.flatMap(({ specs }) =>
      Object.entries(specs).map(([name, spec]) => [name, readOption(name, spec, argv[name])]),
    ),
  );
