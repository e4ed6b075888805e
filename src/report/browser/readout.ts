// What stands under the cursor, in words.
import type { PageData } from '../columns.ts';
import { count, duration, moment } from '../format.ts';
import type { Points } from './points.ts';

const typeWords = ['ok', 'fail', 'info', 'never completed'];

/** One operation: when, where, what, how long. */
export const pointWords = (data: PageData, points: Points, i: number): string => {
  const process = points.processes[i]!;
  const thread = data.concurrency > 0 ? process % data.concurrency : process;
  const node = data.nodes[thread % Math.max(1, data.nodes.length)];
  const parts = [
    moment(points.starts[i]! * 1e6),
    points.labels[i] ?? '',
    typeWords[points.types[i]!]!,
    duration(points.latencies[i]! * 1e6),
    `process ${process}${node === undefined ? '' : ` on ${node}`}`,
  ];
  return parts.join('  ·  ');
};

const quantileWords = ({ quantiles }: PageData, time: number): string => {
  const i = Math.floor((time * 1e6) / quantiles.width);
  const p50 = quantiles.p50[i];
  const p99 = quantiles.p99[i];
  if (p50 === undefined || p50 === null || p99 === undefined || p99 === null) return 'no success';
  return `p50 ${duration(p50)}, p99 ${duration(p99)}`;
};

/** A moment (ms): rates, latency, and what was broken. */
export const momentWords = (data: PageData, time: number): string => {
  const { rates } = data;
  const i = Math.floor((time * 1e6) / rates.width);
  const broken = data.windows.filter(
    (w) => w.start <= time * 1e6 && (w.end ?? data.until) >= time * 1e6,
  );
  const parts = [
    moment(time * 1e6),
    `${count(rates.ok[i] ?? 0)} ok, ${count(rates.fail[i] ?? 0)} fail, ${count(rates.info[i] ?? 0)} info a second`,
    quantileWords(data, time),
    ...broken.slice(0, 3).map((window) => window.words),
  ];
  return parts.join('  ·  ');
};
