// Collects what a command prints, up to a cap, and finds the wrapper's header in front of standard error.
import type { Readable } from 'node:stream';
import { type Header, readHeader } from './wrapper.ts';

/** Most that one command may print on one stream (256 MiB): past it the command is killed. */
export const maxOutputBytes = 256 * 1024 * 1024;

export class Output {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  readonly #onTooLarge: () => void;
  constructor(onTooLarge: () => void) {
    this.#onTooLarge = onTooLarge;
  }
  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > maxOutputBytes) this.#onTooLarge();
    else this.#chunks.push(chunk);
  }
  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

export type MarkedOutput = {
  /** Resolves when the header has come; never when the stream ends without one. */
  readonly header: Promise<Header>;
  /** What the header said so far. */
  seen(): Header | undefined;
  /** What was printed behind the header, or everything when there was none. */
  text(): string;
};

/** Reads a standard error that begins with the wrapper's header. */
export const collectMarked = (
  stream: Readable,
  mark: string,
  onTooLarge: () => void,
): MarkedOutput => {
  const output = new Output(onTooLarge);
  const { promise, resolve } = Promise.withResolvers<Header>();
  let header: Header | undefined;
  let front: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    if (header !== undefined) return output.push(chunk);
    front = Buffer.concat([front, chunk]);
    const found = readHeader(front, mark);
    if (found === undefined) return;
    header = found.header;
    output.push(found.rest);
    resolve(header);
  });
  return {
    header: promise,
    seen: () => header,
    text: () => (header === undefined ? front.toString('utf8') : output.text()),
  };
};
