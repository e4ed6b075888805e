// Errors thrown outside of any operation: in a client's timers, sockets and abort listeners. They must not end a run.

/** Counts and tells from now on; the returned function stops and says how many there were. */
export const catchStrays = (onStray: (thrown: unknown) => void): (() => number) => {
  let count = 0;
  const onThrown = (thrown: unknown): void => {
    count++;
    onStray(thrown);
  };
  process.on('uncaughtException', onThrown);
  process.on('unhandledRejection', onThrown);
  return () => {
    process.off('uncaughtException', onThrown);
    process.off('unhandledRejection', onThrown);
    return count;
  };
};
