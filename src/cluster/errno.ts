// Tells errors of the operating system apart by their code.

/** Whether it was thrown by a system call that failed with this code, e.g. `ENOENT`. */
export const isErrno = (thrown: unknown, ...codes: readonly string[]): boolean =>
  thrown instanceof Error && 'code' in thrown && codes.includes(String(thrown.code));
