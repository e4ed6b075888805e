// Writes operations as EDN, one map a line, as Jepsen, Knossos and Elle read them.
import { OrdealError, usageError } from '../base/errors.ts';
import { stringifyJson } from './json.ts';
import type { Op } from './op.ts';

const part = String.raw`[A-Za-z_*!?$%&=<>][\w*!?$%&=<>.+'-]*`;
const keywordSafe = new RegExp(`^${part}(?:/${part})?$`);
const tagSafe = /^#[A-Za-z][\w.*+!?$%&=<>-]*(?:\/[A-Za-z][\w.*+!?$%&=<>-]*)?$/;
const integerText = /^(?:0|-?[1-9]\d*)$/;
const longMax = 2n ** 63n - 1n;
const longMin = -(2n ** 63n);

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be escaped.
const needsEscape = /["\\\u0000-\u001f\u007f]|\p{Surrogate}/gu;
const shortEscapes: { readonly [letter: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
};

const textOf = (text: string): string =>
  `"${text.replaceAll(needsEscape, (letter) => shortEscapes[letter] ?? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;

/** A keyword when the name can be one, else a string; both are read back as the same text. */
const nameOf = (name: string): string => (keywordSafe.test(name) ? `:${name}` : textOf(name));

const numberOf = (value: number): string => {
  if (!Number.isFinite(value)) throw usageError(`${value} cannot be written as EDN`);
  if (Object.is(value, -0)) return '-0.0';
  if (Number.isSafeInteger(value)) return `${value}`;
  return Number.isInteger(value) ? value.toExponential() : `${value}`;
};

const bigintOf = (value: bigint): string => {
  stringifyJson(value); // refuses small ones, which would come back as numbers
  return value <= longMax && value >= longMin ? `${value}` : `${value}N`;
};

const headOf = (item: unknown): string | undefined =>
  Array.isArray(item) && typeof item[0] === 'string' && keywordSafe.test(item[0])
    ? item[0]
    : undefined;

/** A transaction: steps that each begin with a name, which Elle wants as keyword. */
const isTransaction = (items: readonly unknown[]): boolean =>
  items.length > 0 && items.every((item) => headOf(item) !== undefined);

const vectorOf = (items: readonly unknown[]): string => `[${items.map(formOf).join(' ')}]`;
const headedOf = ([head, ...rest]: readonly unknown[]): string =>
  `[${[`:${String(head)}`, ...rest.map(formOf)].join(' ')}]`;

const fieldOf = (name: string): string => (integerText.test(name) ? name : nameOf(name));

const mapOf = (value: object): string => {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && tagSafe.test(only[0]))
    return `${only[0]} ${formOf(only[1])}`;
  return `{${entries.map(([name, item]) => `${fieldOf(name)} ${formOf(item)}`).join(', ')}}`;
};

/** Plain data as EDN; the caller has checked that it is plain. */
const formOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'number') return numberOf(value);
  if (typeof value === 'string') return textOf(value);
  if (typeof value === 'bigint') return bigintOf(value);
  if (typeof value !== 'object') return `${value as boolean}`;
  if (!Array.isArray(value)) return mapOf(value);
  return isTransaction(value) ? `[${value.map(headedOf).join(' ')}]` : vectorOf(value);
};

/** Plain data as EDN, see `docs/decisions`. Throws an `OrdealError` (usage) for what `stringifyJson` refuses. */
export const stringifyEdn = (value: unknown): string => {
  stringifyJson(value);
  return formOf(value);
};

const errorOf = ([code, ...detail]: readonly unknown[]): string => {
  const [only] = detail;
  if (code === 'error' && detail.length === 1 && typeof only === 'string')
    return stringifyEdn(only);
  if (!keywordSafe.test(String(code))) return stringifyEdn([code, ...detail]);
  return detail.length === 0 ? `:${code}` : `[:${code} ${detail.map(stringifyEdn).join(' ')}]`;
};

const known = new Set(['index', 'time', 'process', 'type', 'f', 'value', 'key', 'error']);

const writeOp = (op: Op): string => {
  const { index, time, process, type, f, value, key, error } = op;
  const form =
    key === undefined ? stringifyEdn(value) : `[${stringifyEdn(key)} ${stringifyEdn(value)}]`;
  const who = process === 'nemesis' ? ':nemesis' : process;
  let text = `{:index ${index}, :time ${time}, :process ${who}, :type :${type}, :f ${nameOf(f)}, :value ${form}`;
  if (error !== undefined) text += `, :error ${errorOf(error)}`;
  for (const [name, item] of Object.entries(op)) {
    if (!known.has(name) && item !== undefined) text += `, ${fieldOf(name)} ${stringifyEdn(item)}`;
  }
  return `${text}}`;
};

/**
 * Writes an operation as one line of EDN, without the newline. A `key` becomes the first half of a `[key value]`, as
 * Jepsen's independent tests have it. Throws an `OrdealError` (usage) that names the operation when a value is not plain data.
 */
export const stringifyEdnOp = (op: Op): string => {
  try {
    return writeOp(op);
  } catch (cause) {
    if (!(cause instanceof OrdealError)) throw cause;
    const which = `operation ${op.index} (${op.f}, process ${op.process}, ${op.type})`;
    throw usageError(`${which}: ${cause.message}`, cause.hint);
  }
};
