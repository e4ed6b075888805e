// Errors thrown outside of any operation: in a client's timers, sockets and abort listeners. They must not end a run.

/** So many are told; all are counted. Telling may itself fail (a closed terminal), and must not go round in circles. */
const toldMax = 20;

/** Counts and tells from now on; the returned function stops and says how many there were. */
export const catchStrays = (onStray: (thrown: unknown) => void): (() => number) => {
  let count = 0;
  const onThrown = (thrown: unknown): void => {
    count++;
    if (count <= toldMax) onStray(thrown);
  };
  process.on('uncaughtException', onThrown);
  process.on('unhandledRejection', onThrown);
  return () => {
    process.off('uncaughtException', onThrown);
    process.off('unhandledRejection', onThrown);
    return count;
  };
};
