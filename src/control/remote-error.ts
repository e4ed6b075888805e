// What goes wrong on a node, as errors for people: which node, which command, and what it said.
import { exitCodes, OrdealError } from '../base/errors.ts';

/**
 * `command-failed` a non-zero exit · `timeout` `cancelled` `closed` it was stopped · `connection-lost` it was under way
 * and may have happened · `not-started` the login shell or sudo refused · `cwd-missing` · `output-too-large` ·
 * `sudo-missing` `sudo-refused` · `no-such-file` · `transfer-failed`.
 */
export type RemoteErrorCode =
  | 'command-failed'
  | 'timeout'
  | 'cancelled'
  | 'closed'
  | 'connection-lost'
  | 'not-started'
  | 'cwd-missing'
  | 'output-too-large'
  | 'sudo-missing'
  | 'sudo-refused'
  | 'no-such-file'
  | 'transfer-failed';

export type RemoteErrorDetails = {
  readonly code: RemoteErrorCode;
  readonly node: string;
  readonly argv: readonly string[];
  readonly hint?: string;
  readonly cause?: unknown;
  readonly result?: { readonly exitCode: number; readonly stdout: string; readonly stderr: string };
};

/** A command or a transfer that failed on a node; the message is one line. Exit code 4. */
export class RemoteError extends OrdealError {
  override readonly name: string = 'RemoteError';
  readonly node: string;
  readonly argv: readonly string[];
  /** How the command ended, when it did end by itself. */
  readonly result: RemoteErrorDetails['result'];
  constructor(message: string, details: RemoteErrorDetails) {
    const { code, hint, cause } = details;
    super(`${details.node}: ${message}`, {
      code,
      exitCode: exitCodes.infrastructure,
      ...(hint === undefined ? {} : { hint }),
      ...(cause === undefined ? {} : { cause }),
    });
    this.node = details.node;
    this.argv = details.argv;
    this.result = details.result;
  }
}

const shownChars = 200;
const shorten = (text: string): string =>
  text.length <= shownChars ? text : `${text.slice(0, shownChars)}…`;

/** The command in one line for a message: readable, not for a shell. */
export const showCommand = (argv: readonly string[]): string =>
  shorten(
    argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' '),
  );

/** The last line that says something, for a message: programs put the reason at the end. */
export const lastLine = (text: string): string =>
  shorten(text.trimEnd().split('\n').at(-1)?.trim() ?? '');

/** The first line that says something: sudo puts the reason in front. */
export const firstLine = (text: string): string =>
  shorten(text.trim().split('\n')[0]?.trim() ?? '');
