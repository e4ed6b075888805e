// The event loop's own lateness: what it adds to the times in a history.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 10;

/** How late the loop was to look at things, milliseconds: the longest, and what 1 in 100 looks exceeded. */
export type Lag = { readonly maxMs: number; readonly p99Ms: number };

/** Measures from now on; the returned function stops and tells. */
export const measureLag = (): (() => Lag) => {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  return () => {
    histogram.disable();
    if (histogram.count === 0) return { maxMs: 0, p99Ms: 0 };
    // The histogram records the distance between looks that are due every `resolutionMs`.
    const beyond = (ns: number): number => Math.max(0, ns / 1e6 - resolutionMs);
    return { maxMs: beyond(histogram.max), p99Ms: beyond(histogram.percentile(99)) };
  };
};
