// One connection to PostgreSQL, over the library `pg`, which is loaded when the first one is opened.
import { Socket } from 'node:net';
import { messageOf } from '../../base/errors.ts';
import { database, role } from './layout.ts';

/** An answer of the server's that says no. `fatal`: it ends the connection, whatever was under way. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  /** SQLSTATE, e.g. `40001`. */
  readonly sqlState: string;
  readonly fatal: boolean;
  constructor(sqlState: string, fatal: boolean, message: string) {
    super(message);
    this.sqlState = sqlState;
    this.fatal = fatal;
  }
}

/** There is no answer: the connection failed, or was given up. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** The system's code, e.g. `ECONNREFUSED`; or `timeout`, `aborted`, `connection-lost`. */
  readonly code: string;
  constructor(code: string, cause: unknown) {
    super(messageOf(cause), { cause });
    this.code = code;
  }
}

export type Answer = {
  /** What was done, e.g. `SELECT`, `COMMIT`, `ROLLBACK`. */
  readonly command: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
};

export type Session = {
  /**
   * Sends one statement and waits for its answer; rejects with `PostgresError` or `ConnectionError` only. When the
   * signal aborts the connection is cut, whatever the server makes of the statement.
   */
  query(statement: Statement, signal: AbortSignal): Promise<Answer>;
  /** Cuts the connection: the server rolls back what was not committed. Idempotent. */
  cut(): void;
  /** Whether it can still be used. */
  readonly isOpen: boolean;
};

export type Statement = { readonly text: string; readonly values?: readonly unknown[] };
export type Place = { readonly host: string; readonly port: number };

/** Connects; rejects as `query` does. */
export const openSession = async (place: Place, signal: AbortSignal): Promise<Session> => {
  const { Client } = await import('pg');
  const socket = new Socket();
  const client = new Client({ ...place, user: role, database, ssl: false, stream: () => socket });
  // Whatever is under way is told the same; without a listener the event would end the process.
  client.on('error', () => socket.destroy());
  const guarded = async <T>(work: () => Promise<T>, guard: AbortSignal): Promise<T> => {
    const cut = (): void => void socket.destroy();
    guard.addEventListener('abort', cut, { once: true });
    try {
      guard.throwIfAborted();
      return await work();
    } catch (thrown) {
      throw errorOf(thrown, guard);
    } finally {
      guard.removeEventListener('abort', cut);
    }
  };
  await guarded(() => client.connect(), signal).catch((thrown: unknown) => {
    socket.destroy();
    throw thrown;
  });
  return {
    query: ({ text, values = [] }, guard) =>
      guarded(async () => {
        const { command, rows } = await client.query(text, [...values]);
        return { command, rows };
      }, guard),
    cut: () => void socket.destroy(),
    get isOpen() {
      return !socket.destroyed && socket.writable;
    },
  };
};

const errorOf = (thrown: unknown, signal: AbortSignal): Error => {
  if (isServerError(thrown))
    return new PostgresError(thrown.code, thrown.severity !== 'ERROR', thrown.message);
  if (signal.aborted) {
    const { reason } = signal;
    const code = reason instanceof Error && reason.name === 'TimeoutError' ? 'timeout' : 'aborted';
    return new ConnectionError(code, reason);
  }
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return new ConnectionError(typeof code === 'string' ? code : 'connection-lost', thrown);
};

/** An ErrorResponse of the protocol: it always has a severity and an SQLSTATE of five characters. */
const isServerError = (
  thrown: unknown,
): thrown is Error & { readonly code: string; readonly severity: string } =>
  thrown instanceof Error &&
  'severity' in thrown &&
  typeof thrown.severity === 'string' &&
  'code' in thrown &&
  typeof thrown.code === 'string' &&
  /^[0-9A-Z]{5}$/.test(thrown.code);
