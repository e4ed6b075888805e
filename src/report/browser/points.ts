// The operations as typed columns, and which of them to draw.
import type { OperationColumns } from '../columns.ts';

/** Milliseconds since the run began, ascending, and latencies in milliseconds; NaN where no end is known. */
export type Points = {
  readonly length: number;
  readonly starts: Float64Array;
  readonly latencies: Float64Array;
  /** 0 ok, 1 fail, 2 info, 3 never completed. */
  readonly types: Uint8Array;
  readonly processes: readonly number[];
  readonly labels: readonly string[];
  readonly slowest: number;
  readonly fastest: number;
};

/** Undoes the deltas. */
export const pointsOf = (columns: OperationColumns): Points => {
  const length = columns.starts.length;
  const starts = new Float64Array(length);
  const latencies = new Float64Array(length);
  const types = new Uint8Array(length);
  let at = 0;
  let slowest = 0;
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    at += columns.starts[i]!;
    const latency = columns.latencies[i]!;
    starts[i] = at / 1e3;
    latencies[i] = latency < 0 ? Number.NaN : latency / 1e3;
    types[i] = columns.types.charCodeAt(i) - 48;
    if (latency > slowest) slowest = latency;
    if (latency >= 0 && latency < fastest) fastest = latency;
  }
  return {
    length,
    starts,
    latencies,
    types,
    processes: columns.processes,
    labels: columns.labels.split('\n'),
    slowest: Math.max(slowest, 1) / 1e3,
    fastest: (Number.isFinite(fastest) ? fastest : 1) / 1e3,
  };
};

/** Index of the first point that starts at or after a time (ms). */
export const firstAt = ({ starts, length }: Points, time: number): number => {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
};

export type Frame = {
  /** Visible range, ms. */
  readonly from: number;
  readonly to: number;
  /** Size of the plot in canvas pixels. */
  readonly width: number;
  readonly height: number;
  readonly x: (time: number) => number;
  readonly y: (latency: number) => number;
  /** Side of a cell in canvas pixels, by type. */
  readonly cells: readonly number[];
  readonly hidden: ReadonlySet<number>;
};

/**
 * Calls `draw` for at most one point of each type in each cell of the plot: whatever was dropped stands under
 * one that was drawn, so no extreme is lost, and the work of drawing is bounded by the plot's size.
 */
export const eachVisible = (
  points: Points,
  frame: Frame,
  draw: (type: number, x: number, y: number) => void,
): void => {
  const columns = frame.cells.map((cell) => Math.ceil(frame.width / cell) + 1);
  const taken = frame.cells.map(
    (cell, i) => new Uint8Array(columns[i]! * (Math.ceil(frame.height / cell) + 1)),
  );
  for (let i = firstAt(points, frame.from); i < points.length; i++) {
    const start = points.starts[i]!;
    const type = points.types[i]!;
    const latency = points.latencies[i]!;
    if (start > frame.to) return;
    if (type > 2 || frame.hidden.has(type) || Number.isNaN(latency)) continue;
    const x = frame.x(start);
    const y = frame.y(latency);
    const cell = frame.cells[type]!;
    const place = Math.floor(y / cell) * columns[type]! + Math.floor(x / cell);
    if (taken[type]![place] === 1) continue;
    taken[type]![place] = 1;
    draw(type, x, y);
  }
};

/** The drawn point nearest to a place (plot pixels), within `reach` of it; −1 when there is none. */
export const nearest = (
  points: Points,
  frame: Frame,
  place: { readonly x: number; readonly y: number; readonly reach: number },
): number => {
  const perPixel = (frame.to - frame.from) / frame.width;
  const last = frame.from + (place.x + place.reach) * perPixel;
  let best = -1;
  let bestDistance = place.reach ** 2;
  for (
    let i = firstAt(points, frame.from + (place.x - place.reach) * perPixel);
    i < points.length;
    i++
  ) {
    if (points.starts[i]! > last) break;
    if (points.types[i]! > 2 || frame.hidden.has(points.types[i]!)) continue;
    const dx = frame.x(points.starts[i]!) - place.x;
    const dy = frame.y(points.latencies[i]!) - place.y;
    const distance = dx * dx + dy * dy;
    if (distance > bestDistance) continue;
    best = i;
    bestDistance = distance;
  }
  return best;
};
