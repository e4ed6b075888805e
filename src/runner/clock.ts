// The clock of a real run.

export type RunClock = {
  /** Whole nanoseconds since the run began; never goes back. */
  now(): number;
};

/** Begins now. Monotonic: faults that move the wall clock do not move it. */
export const startClock = (): RunClock => {
  const start = performance.now();
  return { now: () => Math.round((performance.now() - start) * 1e6) };
};
