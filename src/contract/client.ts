// A client of the system under test, written per vocabulary (register, list-append, set …).
import type { Completion, Op } from '../history/op.ts';
import type { Node } from './node.ts';

/**
 * One logical single-threaded client. `open` is called on a prototype and returns a connected client;
 * a process that ends in `info` is retired and its thread opens a new one.
 */
export type Client = {
  /** Connects to a node; must not change the system's state. A throw completes the operation as `fail` (`no-client`). */
  open(node: Node): Promise<Client>;
  /** Once per run and node before the first operation, e.g. to create a table. */
  setup?(): Promise<void>;
  /**
   * Performs an operation. Resolve with how it ended; a throw counts as `info`, unless it is a `DefiniteError`
   * (it proves that the request never left or never took effect), which counts as `fail`.
   * The signal aborts at the deadline; the deadline fires also for a client that ignores it.
   */
  invoke(op: Op, signal: AbortSignal): Promise<Completion>;
  teardown?(): Promise<void>;
  close?(): Promise<void>;
};

/** Throw it when the operation certainly did not take effect. */
export class DefiniteError extends Error {
  override readonly name = 'DefiniteError';
  readonly code: string;
  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
