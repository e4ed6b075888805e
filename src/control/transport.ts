// What a remote is made of: something that starts an argument vector somewhere and gives its three streams.
import type { Readable, Writable } from 'node:stream';

/** How a program ended. `undefined` on both: the connection went away and nobody knows. */
export type Ending = { readonly code?: number; readonly signal?: string };

/** A program that is running; all output has been handed over once `ended` resolves. It never rejects. */
export type Channel = {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<Ending>;
  /** Lets go of the streams; the program may go on. Idempotent. */
  abandon(): void;
};

export type Transport = {
  readonly node: string;
  /** Whether programs run as root without asking sudo. */
  readonly isRoot: boolean;
  /** Starts a program. Connects first where needed; a throw means that it was certainly not started. */
  open(argv: readonly string[], signal: AbortSignal): Promise<Channel>;
  close(): Promise<void>;
};
