// Writes histories for other tools, and for people: JSON Lines or EDN, plain or packed, whole or not at all.
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PassThrough, Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { OrdealError, usageError } from '../base/errors.ts';
import { stringifyOp } from '../history/codec.ts';
import { stringifyEdnOp } from '../history/edn-writer.ts';
import type { Op } from '../history/op.ts';
import { syncFolder } from './atomic.ts';
import { writeError } from './disk-error.ts';
import { formOf } from './files.ts';

/** Characters gathered before they go on: few turns, and no text of unbounded length. */
const blockChars = 1 << 18;

/** The lines of a history, in blocks; `form` is that of a file's name. */
export function* linesOf(ops: Iterable<Op>, form: 'jsonl' | 'edn'): Generator<string> {
  const stringify = form === 'edn' ? stringifyEdnOp : stringifyOp;
  let block = '';
  for (const op of ops) {
    block += `${stringify(op)}\n`;
    if (block.length < blockChars) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}

const packerFor = (path: string): Transform => {
  if (path.endsWith('.gz')) return createGzip();
  return path.endsWith('.zst') ? createZstdCompress() : new PassThrough();
};

/**
 * Writes operations to `path`, as its name says: `.jsonl` or `.edn`, each also `.gz` or `.zst`. An existing file is
 * replaced when the new one is whole. Throws a usage error for values that cannot be written, infrastructure for the disk.
 */
export const writeHistory = async (path: string, ops: Iterable<Op>): Promise<void> => {
  const form = formOf(path);
  if (form === 'rows')
    throw usageError(`${path}: the closed form is only for runs`, 'Use .jsonl or .edn.');
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await using handle = await open(temporary, 'wx', 0o644);
    await pipeline(Readable.from(linesOf(ops, form)), packerFor(path), async (packed) => {
      for await (const chunk of packed) await handle.writeFile(chunk as Buffer);
    });
    await handle.sync();
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cause instanceof OrdealError ? cause : writeError(path, cause);
  }
};
