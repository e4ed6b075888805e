// Closes the history of a run that ended: the plain journal becomes a compact file, and is whole on disk all the while.
import { existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { assert } from '../base/assert.ts';
import { OrdealError } from '../base/errors.ts';
import { ColumnWriter } from '../history/column-writer.ts';
import { LineScanner } from '../history/line-scanner.ts';
import { RowWriter, rowsFormat } from '../history/rows.ts';
import { syncFolder } from './atomic.ts';
import { writeError } from './disk-error.ts';
import { closedFileOf } from './files.ts';
import { openBytes, readLines } from './lines.ts';
import type { Run } from './run-folder.ts';
import { formatVersion } from './versions.ts';

const header = { format: rowsFormat, version: formatVersion };

const compression = {
  params: {
    // Level 6 saves another tenth and takes three times as long.
    [constants.ZSTD_c_compressionLevel]: 3,
    [constants.ZSTD_c_checksumFlag]: 1,
  },
};

/** What has been done: after each of these a crash leaves a readable run. */
export type ClosingStep = 'written' | 'synced' | 'verified' | 'renamed' | 'removed';

export type Closed = { readonly path: string; readonly bytes: number; readonly operations: number };

/** The rows of a plain history, block by block; tells how many it gave. */
async function* rowsOf(path: string, count: (operations: number) => void): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`;
  const rows = new RowWriter();
  for await (const { bytes, line } of readLines(path)) {
    const writer = new ColumnWriter();
    new LineScanner(writer, path).take(bytes, line);
    const columns = writer.finish();
    count(columns.length);
    yield rows.textOf(columns);
  }
}

const countLines = async (path: string): Promise<number> => {
  let lines = 0;
  for await (const chunk of openBytes(path)) {
    for (
      let at = (chunk as Buffer).indexOf(10);
      at >= 0;
      at = (chunk as Buffer).indexOf(10, at + 1)
    )
      lines++;
  }
  return lines;
};

const aside = (path: string): string => `${path}.closing.zst`;

/** Writes the rows aside and to the disk; returns the number of operations. */
const writeRows = async (
  from: string,
  to: string,
  onStep: (step: ClosingStep) => void,
): Promise<number> => {
  let operations = 0;
  const rows = rowsOf(from, (count) => {
    operations += count;
  });
  await using handle = await open(to, 'w', 0o644);
  await pipeline(Readable.from(rows), createZstdCompress(compression), async (packed) => {
    for await (const chunk of packed) await handle.writeFile(chunk as Buffer);
  });
  onStep('written');
  await handle.sync();
  onStep('synced');
  return operations;
};

/**
 * Replaces `history.jsonl` by `history.rows.zst`, which holds the same operations in about a tenth of the bytes.
 * Undefined when there is nothing to close. Throws an `OrdealError` when the disk refuses or the history is malformed
 * in the middle; the plain file is then left as it was. After a crash it may be called again.
 */
export const closeHistory = async (
  run: Run,
  onStep: (step: ClosingStep) => void = () => undefined,
): Promise<Closed | undefined> => {
  if (!existsSync(run.historyFile)) return undefined;
  const path = closedFileOf(run);
  const temporary = aside(path);
  try {
    const operations = await writeRows(run.historyFile, temporary, onStep);
    const lines = await countLines(temporary);
    assert(
      lines === operations + 1,
      `${operations} operations were closed, ${lines - 1} are in ${temporary}`,
    );
    onStep('verified');
    await rename(temporary, path);
    await syncFolder(dirname(path));
    onStep('renamed');
    await rm(run.historyFile);
    await syncFolder(dirname(path));
    onStep('removed');
    return { path, bytes: (await stat(path)).size, operations };
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cause instanceof OrdealError ? cause : writeError(path, cause);
  }
};

/** A history up to this size stays plain: people grep it, and other tools read it; beyond, disks fill up. */
export const plainBytesMax = 16 * 2 ** 20;

/** Closes a history that is too large to stay plain. See `closeHistory`. */
export const closeLargeHistory = async (run: Run): Promise<Closed | undefined> => {
  const { size } = await stat(run.historyFile).catch(() => ({ size: 0 }));
  return size > plainBytesMax ? closeHistory(run) : undefined;
};
