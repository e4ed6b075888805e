// Assertions for programmer errors: what must hold, said in one line with the numbers in it.

/** Throws an `AssertionError` with `message` when `condition` does not hold. A failed assertion is our bug, never the user's. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Marks a branch the types rule out, e.g. the default of an exhaustive switch. */
export const unreachable = (value: never): never => {
  throw new AssertionError(`unexpected value ${JSON.stringify(value)}`);
};
