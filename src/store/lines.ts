// Reads line files of any size, plain or compressed, as blocks of whole lines.
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { messageOf, OrdealError, usageError } from '../base/errors.ts';
import { isTorn } from '../history/codec.ts';
import { errnoOf } from './disk-error.ts';

/** Whole lines of valid UTF-8, and the number of the first one (from 1). */
export type LineBlock = { readonly bytes: Buffer; readonly line: number };

const chunkBytes = 1 << 20;
const newline = 10;
/** A line longer than this is no operation, and would not fit a string. */
const lineBytesMax = 1 << 28;

/** The bytes of a file, unpacked when its name ends in `.gz` or `.zst`. */
export const openBytes = (path: string): Readable => {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  const decoder = path.endsWith('.gz')
    ? createGunzip({ chunkSize: chunkBytes })
    : path.endsWith('.zst')
      ? createZstdDecompress({ chunkSize: chunkBytes })
      : undefined;
  if (decoder === undefined) return file;
  file.on('error', (cause) => decoder.destroy(cause));
  decoder.on('close', () => file.destroy());
  return file.pipe(decoder);
};

const countLines = (bytes: Uint8Array): number => {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count++;
  return count;
};

const checkUtf8 = (bytes: Buffer, path: string, line: number): void => {
  if (isUtf8(bytes)) return;
  let number = line;
  for (let from = 0; from < bytes.length; number++) {
    const end = bytes.indexOf(newline, from);
    const to = end < 0 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(from, to))) throw usageError(`${path}:${number}: not UTF-8 text`);
    from = to + 1;
  }
};

const byteOrderMark = Buffer.from('\ufeff', 'utf8');
const withoutMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)
    ? bytes.subarray(byteOrderMark.length)
    : bytes;

/** Joins the parts of a line that spans chunks only when its end is there: a long line costs no quadratic copying. */
class Cutter {
  readonly #path: string;
  #parts: Buffer[] = [];
  #bytes = 0;
  #line = 1;
  constructor(path: string) {
    this.#path = path;
  }

  /** The whole lines that this chunk completes; only the line that began before it is copied. */
  *take(chunk: Buffer): Generator<LineBlock> {
    const end = chunk.lastIndexOf(newline) + 1;
    const first = end === 0 || this.#bytes === 0 ? 0 : chunk.indexOf(newline) + 1;
    if (first > 0) yield this.#join(chunk.subarray(0, first));
    if (first < end) yield this.#block(chunk.subarray(first, end));
    if (end < chunk.length) this.#keep(chunk.subarray(end));
  }

  /** The last line when it lacks its newline: undefined when there is none or it is torn. */
  rest(): LineBlock | undefined {
    if (this.#bytes === 0) return undefined;
    const bytes = Buffer.concat(this.#parts);
    // A cut may go through a character; the replacement that decoding puts there does not make it JSON.
    return isTorn(bytes.toString('utf8')) ? undefined : this.#block(bytes);
  }

  #keep(part: Buffer): void {
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes <= lineBytesMax) return;
    throw usageError(`${this.#path}:${this.#line}: a line of more than ${lineBytesMax} bytes`);
  }

  #join(end: Buffer): LineBlock {
    const bytes = Buffer.concat([...this.#parts, end]);
    this.#parts = [];
    this.#bytes = 0;
    return this.#block(bytes);
  }

  #block(bytes: Buffer): LineBlock {
    const line = this.#line;
    this.#line += countLines(bytes);
    checkUtf8(bytes, this.#path, line);
    return { bytes: line === 1 ? withoutMark(bytes) : bytes, line };
  }
}

/** Turns what reading `path` met into one clear line. */
export const readError = (path: string, cause: unknown): OrdealError => {
  if (cause instanceof OrdealError) return cause;
  const why = errnoOf(cause) === 'ENOENT' ? 'there is no such file' : messageOf(cause);
  return usageError(`cannot read ${path}: ${why}`);
};

/** Reads a file of lines (`.gz` and `.zst` are unpacked); a torn last line is dropped. Throws usage errors. */
export async function* readLines(path: string): AsyncGenerator<LineBlock> {
  const cutter = new Cutter(path);
  try {
    for await (const chunk of openBytes(path)) yield* cutter.take(chunk as Buffer);
  } catch (cause) {
    throw readError(path, cause);
  }
  const rest = cutter.rest();
  if (rest !== undefined) yield rest;
}
