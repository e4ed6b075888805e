// The JSON Lines codec: the only door from text to `Op`, and back.
import { assert } from '../base/assert.ts';
import { messageOf, OrdealError, usageError } from '../base/errors.ts';
import { mayBeRounded, parseJsonExactly, stringifyJson } from './json.ts';
import type { Op, OpType, Process } from './op.ts';

type Raw = Readonly<Record<string, unknown>>;

const shown = (value: unknown): string => {
  if (Object.is(value, -0)) return '-0';
  const text = JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? `${part}` : part));
  return text === undefined ? 'nothing' : text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const isOpType = (type: unknown): type is OpType =>
  type === 'invoke' || type === 'ok' || type === 'fail' || type === 'info';

/** −0 would be written as 0. */
const isWhole = (value: unknown): value is number =>
  Number.isSafeInteger(value) && !Object.is(value, -0);
const isCount = (value: unknown): value is number => isWhole(value) && value >= 0;
const isKey = (key: unknown): boolean =>
  key === undefined || typeof key === 'string' || (typeof key === 'number' && Number.isFinite(key));
const isError = (error: unknown): boolean =>
  error === undefined || (Array.isArray(error) && typeof error[0] === 'string');

/** What is wrong with a record, in words; undefined when it is an operation. */
const complaint = (raw: Raw): string | undefined => {
  const { type, process, f, time, index, key, error } = raw;
  if (!isOpType(type)) return `type to be invoke, ok, fail or info, got ${shown(type)}`;
  if (!isCount(process) && process !== 'nemesis') {
    return `process to be a whole number from 0 or "nemesis", got ${shown(process)}`;
  }
  if (typeof f !== 'string') return `f to be text, got ${shown(f)}`;
  if (time !== undefined && !isWhole(time)) {
    return `time to be whole nanoseconds up to 2^53, got ${shown(time)}`;
  }
  if (index !== undefined && !isCount(index))
    return `index to be a whole number from 0, got ${shown(index)}`;
  if (!isKey(key)) return `key to be text or a number up to 2^53, got ${shown(key)}`;
  if (!isError(error)) return `error to be a list that begins with a code, got ${shown(error)}`;
  return undefined;
};

const at = (line: number, path?: string): string =>
  path === undefined ? `line ${line}` : `${path}:${line}`;

const parseRecord = (text: string): unknown => {
  const raw: unknown = JSON.parse(text);
  return mayBeRounded(raw) ? parseJsonExactly(text) : raw;
};

/**
 * Parses one line of a history; `line` counts from 1 and, with `path`, begins every error (an `OrdealError`, 254).
 * Histories from elsewhere may leave out `value` (null), `index` and `time` (the line's number from 0). Unknown keys are
 * kept. Integers beyond 2^53 are bigints in values and unknown keys, and refused in every field of the record itself.
 */
export const parseOp = (text: string, line: number, path?: string): Op => {
  let raw: unknown;
  try {
    raw = parseRecord(text);
  } catch (cause) {
    throw usageError(`${at(line, path)}: not JSON: ${messageOf(cause)}`);
  }
  return opFrom(raw, line, path);
};

/** The operation that a parsed record is; throws like `parseOp`. */
export const opFrom = (raw: unknown, line: number, path?: string): Op => {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw usageError(`${at(line, path)}: expected an object, got ${shown(raw)}`);
  }
  const record = raw as Raw;
  const wrong = complaint(record);
  if (wrong !== undefined) throw usageError(`${at(line, path)}: expected ${wrong}`);
  if (record.value !== undefined && record.index !== undefined && record.time !== undefined) {
    return Object.freeze(record) as unknown as Op; // earned by `complaint`
  }
  return Object.freeze({
    index: line - 1,
    time: line - 1,
    value: null,
    ...record,
  }) as unknown as Op;
};

const known = new Set(['index', 'time', 'process', 'type', 'f', 'value', 'key', 'error']);

const writtenProcess = (process: Process): string => {
  if (process === 'nemesis') return '"nemesis"';
  assert(Number.isSafeInteger(process), `process ${process} is not a whole number`);
  return `${process}`;
};

const extras = (op: Op): string => {
  let text = '';
  for (const key in op) {
    if (known.has(key)) continue;
    const value = (op as Raw)[key];
    if (value !== undefined) text += `,${JSON.stringify(key)}:${stringifyJson(value)}`;
  }
  return text;
};

const writeOp = (op: Op): string => {
  const { index, time, key, error } = op;
  assert(Number.isSafeInteger(index), `index ${index} is not a whole number`);
  assert(Number.isSafeInteger(time), `time ${time} of operation ${index} is not whole nanoseconds`);
  const head = `{"index":${index},"time":${time},"process":${writtenProcess(op.process)},"type":"${op.type}"`;
  const body = `${head},"f":${stringifyJson(op.f)},"value":${stringifyJson(op.value)}`;
  const keyed = key === undefined ? body : `${body},"key":${stringifyJson(key)}`;
  return error === undefined
    ? `${keyed}${extras(op)}}`
    : `${keyed},"error":${stringifyJson(error)}${extras(op)}}`;
};

/**
 * Writes an operation as one line, without the newline; `parseOp` reads back the same operation.
 * Throws an `OrdealError` (usage) that names the operation when a value is not plain data.
 */
export const stringifyOp = (op: Op): string => {
  try {
    return writeOp(op);
  } catch (cause) {
    if (!(cause instanceof OrdealError)) throw cause;
    const which = `operation ${op.index} (${op.f}, process ${op.process}, ${op.type})`;
    throw usageError(`${which}: ${cause.message}`, cause.hint);
  }
};

/** Parses text whose every line is complete, appending to `into`; `line` is the number of the first one. */
export const parseLines = (
  text: string,
  options: { readonly line: number; readonly into: Op[]; readonly path?: string },
): void => {
  const { into, path } = options;
  let line = options.line;
  for (let from = 0; from < text.length; line++) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    const content = text.slice(from, to);
    if (content.trim() !== '') into.push(parseOp(content, line, path));
    from = to + 1;
  }
};

/** Whether a last line without its newline was cut off while being written: no strict prefix of an object is JSON. */
export const isTorn = (text: string): boolean => {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
};

/** Parses a whole history; a torn last line is dropped, any other fault is an `OrdealError` with its line. */
export const parseHistory = (text: string, path?: string): Op[] => {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const end = body.lastIndexOf('\n') + 1;
  const complete = isTorn(body.slice(end)) ? body.slice(0, end) : body;
  const into: Op[] = [];
  parseLines(complete, path === undefined ? { line: 1, into } : { line: 1, into, path });
  return into;
};
