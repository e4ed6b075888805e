// Appends lines to a file in order: buffered for at most 50 ms, fsynced every second.
import { closeSync, fdatasync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { assert } from '../base/assert.ts';
import type { OrdealError } from '../base/errors.ts';
import { writeError } from './disk-error.ts';

/** Brings the data of an open file to the disk. */
export type SyncData = (fd: number) => Promise<void>;
const syncToDisk: SyncData = promisify(fdatasync);

/** `kill -9` loses at most what was appended in this time (100 ms are promised). */
const bufferedMsMax = 50;
/** A power failure loses at most what was appended in this time. */
const unsyncedMsMax = 1000;
/** Characters held in memory; about 10 ms worth at full speed, and far below what would stall the loop. */
const bufferedCharsMax = 1 << 18;

/**
 * Writing to the file is synchronous: into the page cache it takes microseconds, keeps the order, and also happens when
 * the caller never yields to the event loop. Only fsync, which may take long, happens aside.
 */
export class LineAppender {
  readonly path: string;
  readonly #fd: number;
  #buffer = '';
  /** When the oldest buffered line was appended (milliseconds, monotonic). */
  #since = 0;
  #dirty = false;
  #closed = false;
  #failure: OrdealError | undefined;
  #told = false;
  #flushTimer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;
  readonly #syncTimer: NodeJS.Timeout;
  readonly #syncData: SyncData;

  /** Opens or creates the file; throws an infrastructure error when that is impossible. */
  constructor(path: string, syncData: SyncData = syncToDisk) {
    this.path = path;
    this.#syncData = syncData;
    try {
      this.#fd = openSync(path, 'a', 0o644);
    } catch (cause) {
      throw writeError(path, cause);
    }
    this.#syncTimer = setInterval(() => void this.#sync(), unsyncedMsMax).unref();
    process.on('exit', this.#onExit);
  }

  /** Takes a line with its newline; throws the error that writing met since the last call. */
  append(line: string): void {
    this.#throwFailure();
    const now = performance.now();
    if (this.#buffer === '') {
      this.#since = now;
      this.#flushTimer ??= setTimeout(this.#onTimer, bufferedMsMax);
    }
    this.#buffer += line;
    // The timer alone would not do: it never fires while the caller keeps the event loop busy.
    if (now - this.#since < bufferedMsMax && this.#buffer.length < bufferedCharsMax) return;
    this.#write();
    this.#throwFailure();
  }

  /** Everything appended is in the file and on the disk. */
  async flush(): Promise<void> {
    this.#write();
    await this.#syncing;
    await this.#sync();
    this.#throwFailure();
  }

  /** Flushes and closes; idempotent. Throws only an error that no earlier call has thrown. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#write();
    await this.#syncing;
    await this.#sync();
    clearInterval(this.#syncTimer);
    clearTimeout(this.#flushTimer);
    process.off('exit', this.#onExit);
    closeSync(this.#fd);
    this.#closed = true;
    if (this.#failure !== undefined && !this.#told) throw this.#failure;
  }

  readonly #onTimer = (): void => {
    this.#flushTimer = undefined;
    this.#write();
  };

  /** A crash of ours that ends in `exit` loses nothing. */
  readonly #onExit = (): void => this.#write();

  #throwFailure(): void {
    assert(!this.#closed, `${this.path} is used after it was closed`);
    if (this.#failure === undefined) return;
    this.#told = true;
    throw this.#failure;
  }

  #write(): void {
    if (this.#buffer === '' || this.#failure !== undefined || this.#closed) return;
    const bytes = Buffer.from(this.#buffer, 'utf8');
    this.#buffer = '';
    try {
      for (let from = 0; from < bytes.length; ) from += writeSync(this.#fd, bytes, from);
      this.#dirty = true;
    } catch (cause) {
      this.#failure = writeError(this.path, cause);
    }
  }

  #sync(): Promise<void> {
    if (!this.#dirty || this.#syncing !== undefined) return this.#syncing ?? Promise.resolve();
    this.#dirty = false;
    this.#syncing = this.#syncData(this.#fd)
      .catch((cause) => {
        this.#failure ??= writeError(this.path, cause);
      })
      .finally(() => {
        this.#syncing = undefined;
      });
    return this.#syncing;
  }
}
