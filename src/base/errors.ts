// Operational errors: what a user can meet and mend. Each carries a code, an exit code and a hint.

/**
 * Exit codes of the `ordeal` command, worst verdict first:
 * notHealed, invalid, aborted (a safety guard), infrastructure, unknown, valid; then usage, crash, interrupted.
 */
export const exitCodes = {
  notHealed: 5,
  invalid: 1,
  aborted: 3,
  infrastructure: 4,
  unknown: 2,
  valid: 0,
  usage: 254,
  crash: 255,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export type OrdealErrorOptions = {
  /** Short, stable, kebab-case: what went wrong, e.g. `host-unreachable`. */
  readonly code: string;
  readonly exitCode: ExitCode;
  /** What to do about it, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
};

/** An error with a message for people: printed as one line, never with a stack trace. */
export class OrdealError extends Error {
  override readonly name: string = 'OrdealError';
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  constructor(message: string, options: OrdealErrorOptions) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    this.exitCode = options.exitCode;
    this.hint = options.hint;
  }
}

/** Bad input: an argument, an option, a file. Exit code 254. */
export const usageError = (message: string, hint?: string): OrdealError =>
  new OrdealError(message, {
    code: 'usage',
    exitCode: exitCodes.usage,
    ...(hint === undefined ? {} : { hint }),
  });

/** The world is not as needed: unreachable host, missing capability, a system that never gets healthy. Exit code 4. */
export const infrastructureError = (
  message: string,
  options: { readonly code: string; readonly hint?: string; readonly cause?: unknown },
): OrdealError => new OrdealError(message, { ...options, exitCode: exitCodes.infrastructure });

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
