// Rates and latency quantiles over time, counted over every operation, for the plots.
import type { Operation } from './operations.ts';

/** Completions per second in buckets of equal width. */
export type Rates = {
  /** Width of a bucket in nanoseconds; bucket i covers [i × width, (i + 1) × width). */
  readonly width: number;
  readonly ok: readonly number[];
  readonly fail: readonly number[];
  readonly info: readonly number[];
};

/** Latency quantiles in nanoseconds of the operations that completed in each bucket, null where none did. */
export type Quantiles = {
  readonly width: number;
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
};

const widths = [1, 2, 5].flatMap((n) => [1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12].map((u) => n * u));
widths.sort((a, b) => a - b);

/** The smallest round width (nanoseconds) that makes at most `most` buckets of a duration. */
export const bucketWidth = (durationNs: number, most: number): number =>
  widths.find((width) => durationNs / width <= most) ?? durationNs / most;

const bucketsOf = (until: number, width: number): number => Math.floor(until / width) + 1;

/** How many operations a second ended ok, fail and info; what never completed is left out. */
export const ratesOf = (operations: readonly Operation[], until: number, most = 400): Rates => {
  const width = bucketWidth(until, most);
  const zeros = (): number[] => new Array<number>(bucketsOf(until, width)).fill(0);
  const rates = { ok: zeros(), fail: zeros(), info: zeros() };
  for (const { type, end } of operations) {
    if (type === 'invoke' || end === undefined) continue;
    rates[type][Math.floor(end / width)]! += 1e9 / width;
  }
  return { width, ...rates };
};

/** The nearest-rank quantile of ascending numbers. */
export const quantile = (ascending: ArrayLike<number>, q: number): number | null =>
  ascending.length === 0 ? null : ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)]!;

/** Latencies of successful operations: nanoseconds from invocation to completion. */
export const quantilesOf = (
  operations: readonly Operation[],
  until: number,
  most = 80,
): Quantiles => {
  const width = bucketWidth(until, most);
  const buckets: number[][] = Array.from({ length: bucketsOf(until, width) }, () => []);
  for (const { type, start, end } of operations)
    if (type === 'ok' && end !== undefined) buckets[Math.floor(end / width)]!.push(end - start);
  const sorted = buckets.map((latencies) => Float64Array.from(latencies).sort());
  const at = (q: number): readonly (number | null)[] => sorted.map((bucket) => quantile(bucket, q));
  return { width, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
};
