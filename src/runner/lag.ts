// The event loop's own lateness: what it adds to the times in a history.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RunTiming } from '../contract/timing.ts';

const resolutionMs = 10;

/** Measures from now on; the returned function stops and tells. */
export const measureLag = (): (() => Pick<RunTiming, 'lagMaxMs' | 'lagP99Ms'>) => {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  return () => {
    histogram.disable();
    if (histogram.count === 0) return { lagMaxMs: 0, lagP99Ms: 0 };
    // The histogram records the distance between looks that are due every `resolutionMs`.
    const beyond = (ns: number): number => Math.max(0, ns / 1e6 - resolutionMs);
    return { lagMaxMs: beyond(histogram.max), lagP99Ms: beyond(histogram.percentile(99)) };
  };
};
