// Reads histories from files: JSON Lines, one JSON array, or EDN.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { readEdn } from './edn/reader.ts';
import type { TxnOp } from './op.ts';

export type HistoryFormat = 'json' | 'edn';

/** A file that is no history: what is wrong, and where. */
export class HistoryFileError extends Error {
  constructor(file: string, message: string, cause?: unknown) {
    super(`${file}: ${message}`, { cause });
    this.name = 'HistoryFileError';
  }
}

const startOf = async (file: string): Promise<string> => {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer
      .subarray(0, bytesRead)
      .toString()
      .replace(/^\uFEFF/, '')
      .trimStart();
  } finally {
    await handle.close();
  }
};

/** By the file's name, and by how it begins where the name says nothing. */
const formatOf = (file: string, start: string): HistoryFormat => {
  if (file.endsWith('.edn')) return 'edn';
  if (/\.(json|jsonl|ndjson)$/.test(file)) return 'json';
  return /^[[({]*\s*(\{?\s*:|#|;)/.test(start) ? 'edn' : 'json';
};

const wholeText = async (file: string): Promise<string> => {
  const handle = await open(file);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
};

const types = new Set(['invoke', 'ok', 'fail', 'info']);

const opOf = (file: string, raw: unknown, place: string): TxnOp => {
  const isOp = typeof raw === 'object' && raw !== null && types.has((raw as TxnOp).type);
  if (!isOp)
    throw new HistoryFileError(
      file,
      `${place} is no operation: it has no type invoke, ok, fail or info`,
    );
  return raw as TxnOp;
};

const readLines = async (file: string): Promise<TxnOp[]> => {
  const ops: TxnOp[] = [];
  let line = 0;
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line++;
    if (text.trim() === '') continue;
    let raw: unknown;
    try {
      raw = JSON.parse(text);
    } catch (cause) {
      throw new HistoryFileError(file, `line ${line} is no JSON`, cause);
    }
    ops.push(opOf(file, raw, `line ${line}`));
  }
  return ops;
};

const opsOf = (file: string, values: readonly unknown[]): TxnOp[] => {
  const only = values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
  return only.map((raw, i) => opOf(file, raw, `entry ${i + 1}`));
};

/** The operations in a file; throws HistoryFileError for what is none. */
export const readHistoryFile = async (file: string, format?: HistoryFormat): Promise<TxnOp[]> => {
  const start = await startOf(file);
  const chosen = format ?? formatOf(file, start);
  if (chosen === 'json' && !start.startsWith('[')) return readLines(file);
  const text = await wholeText(file);
  let values: unknown[];
  try {
    values = chosen === 'edn' ? readEdn(text) : [JSON.parse(text)];
  } catch (cause) {
    throw new HistoryFileError(file, (cause as Error).message, cause);
  }
  return opsOf(file, values);
};
