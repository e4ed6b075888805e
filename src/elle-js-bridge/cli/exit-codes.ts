// What the program's exit codes mean.

/** What the worst file deserves, bad arguments, and our own failure. */
export const exitCodes = { valid: 0, invalid: 1, unknown: 2, usage: 254, crash: 255 } as const;
