// JSON without silent loss: integers beyond 2^53 are bigints, and what JSON cannot hold is refused instead of dropped.
import { usageError } from '../base/errors.ts';

/** How deeply a value may nest, in both directions; deeper ones are refused instead of exhausting the stack. */
const depthMax = 500;

/** What the reviver of `JSON.parse` is told beside key and value (ES2025, JSON.parse source text access). */
type Source = { readonly source?: string };
type Reviver = (key: string, value: unknown, context: Source) => unknown;
const parseWith = JSON.parse as (text: string, reviver?: Reviver) => unknown;

const integer = /^-?\d+$/;

const revive: Reviver = (_key, value, { source }) => {
  if (typeof value !== 'number' || source === undefined) return value;
  if (!Number.isFinite(value)) throw usageError(`${source} is beyond what a number can hold`);
  return integer.test(source) && !Number.isSafeInteger(value) ? BigInt(source) : value;
};

/** Whether parsing may have rounded: an unsafe whole number, or infinity. Rounding never leads back below 2^53. */
export const mayBeRounded = (value: unknown, depth = 0): boolean => {
  if (typeof value === 'number') {
    return !Number.isSafeInteger(value) && (Number.isInteger(value) || !Number.isFinite(value));
  }
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= depthMax) throw usageError(`values nest deeper than ${depthMax} levels`);
  if (Array.isArray(value)) {
    for (const item of value) if (mayBeRounded(item, depth + 1)) return true;
    return false;
  }
  for (const key in value) {
    if (mayBeRounded((value as Record<string, unknown>)[key], depth + 1)) return true;
  }
  return false;
};

/**
 * Parses JSON; an integer literal beyond ±(2^53 − 1) becomes a bigint with every digit. Literals with a fraction or an
 * exponent are doubles. Throws a `SyntaxError`, or an `OrdealError` (usage) for infinite numbers and nesting over 500.
 */
export const parseJson = (text: string): unknown => {
  const value: unknown = JSON.parse(text);
  return mayBeRounded(value) ? parseWith(text, revive) : value;
};

/** Parses again, slowly, with every digit kept: for a text in which `mayBeRounded` found something. */
export const parseJsonExactly = (text: string): unknown => parseWith(text, revive);

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them unescaped, so they must be found.
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/;
const quote = (text: string): string =>
  needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`;

const stringifyNumber = (value: number): string => {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0' : `${value}`;
  if (!Number.isFinite(value)) throw usageError(`${value} cannot be written as JSON`);
  // An exponent marks a double: without it, 1e20 would come back as a bigint.
  return Number.isInteger(value) ? value.toExponential() : `${value}`;
};

const stringifyArray = (items: readonly unknown[], depth: number): string => {
  let text = '[';
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (i > 0) text += ',';
    text += item === undefined ? 'null' : stringifyAt(item, depth + 1);
  }
  return `${text}]`;
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const stringifyObject = (value: object, depth: number): string => {
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return stringifyAt(value.toJSON(), depth + 1);
  }
  if (!isPlain(value)) {
    throw usageError(
      `a ${value.constructor?.name ?? 'value'} cannot be written as JSON`,
      'Use plain objects, arrays, text, numbers, booleans and null.',
    );
  }
  let text = '';
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined) continue;
    text += `${text === '' ? '' : ','}${quote(key)}:${stringifyAt(item, depth + 1)}`;
  }
  return `{${text}}`;
};

const stringifyAt = (value: unknown, depth: number): string => {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return stringifyNumber(value);
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'bigint') return stringifyBigint(value);
  if (typeof value !== 'object') throw usageError(`a ${typeof value} cannot be written as JSON`);
  if (depth >= depthMax) throw usageError(`values nest deeper than ${depthMax} levels (a cycle?)`);
  return Array.isArray(value) ? stringifyArray(value, depth) : stringifyObject(value, depth);
};

const stringifyBigint = (value: bigint): string => {
  // It would come back as a number, and `5n !== 5`: a verdict must not depend on the way through a file.
  if (BigInt.asIntN(54, value) === value && value !== -(2n ** 53n)) {
    throw usageError(
      `the bigint ${value}n cannot be written as JSON`,
      'Use Number() up to ±(2^53 − 1); only larger integers are bigints.',
    );
  }
  return `${value}`;
};

/**
 * Writes plain data as one line of JSON that `parseJson` reads back as the same values: bigints as integers, doubles with
 * every digit, −0 as −0. Throws an `OrdealError` (usage) for NaN, infinities, small bigints, functions, maps, sets and
 * other instances, which `JSON.stringify` would silently turn into something else.
 */
export const stringifyJson = (value: unknown): string => stringifyAt(value, 0);

/** Missing in TypeScript's library so far. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Any value as JSON for people: like the platform's writer, and bigints with every digit. Never for files of ours. */
export const showJson = (value: unknown): string => {
  const exact = (_name: string, part: unknown): unknown =>
    typeof part === 'bigint' ? rawJSON(`${part}`) : part;
  return JSON.stringify(value, exact) ?? 'nothing';
};

/** The same values as `stringifyJson`, indented for people. */
export const prettyJson = (value: unknown): string => {
  stringifyJson(value); // refuses what the platform's own writer would turn into something else
  const exact = (_key: string, part: unknown): unknown =>
    typeof part === 'number' || typeof part === 'bigint' ? rawJSON(stringifyJson(part)) : part;
  return JSON.stringify(value ?? null, exact, 2);
};
