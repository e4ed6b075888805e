// Where the operations of a witness stand in its picture: their order is true, their distances are made readable.

import type { Witness, WitnessOp } from '../../checker/witness.ts';
import type { Process } from '../../history/op.ts';
import { moment } from '../format.ts';
import { operationLabel } from '../operation-label.ts';

/** One operation as a bar; pixels. */
export type Bar = {
  readonly op: WitnessOp;
  readonly label: string;
  readonly lane: number;
  readonly left: number;
  readonly right: number;
  /** Without an end: it may take effect at any later time. */
  readonly isOpen: boolean;
};
export type Tick = { readonly x: number; readonly time: number };
export type WitnessLayout = {
  readonly lanes: readonly Process[];
  readonly bars: readonly Bar[];
  readonly ticks: readonly Tick[];
  /** The plot's left and right edge. */
  readonly left: number;
  readonly right: number;
};

const laneLabelWidth = 118;
const gapMin = 62;
const openTail = 72;
const charWidth = 7.6; // 12.5 px monospace
const barPadding = 26;
const wideEnough = 940;
const stretchMost = 2.2;

type Mark = { readonly time: number; readonly isEnd: boolean; readonly op: WitnessOp };

/** Beginnings and ends in order of time; at the same time beginnings first, since intervals are closed. */
const marksOf = (ops: readonly WitnessOp[]): readonly Mark[] =>
  ops
    .flatMap((op) => [
      { time: op.start, isEnd: false, op },
      ...(op.end === undefined ? [] : [{ time: op.end, isEnd: true, op }]),
    ])
    .toSorted((a, b) => a.time - b.time || Number(a.isEnd) - Number(b.isEnd));

const widthOf = (label: string): number => label.length * charWidth + barPadding;

/** Leftmost positions that keep the order, leave a gap between moments, and give every bar room for its label. */
const place = (
  marks: readonly Mark[],
  labels: ReadonlyMap<WitnessOp, string>,
): readonly number[] => {
  const xs: number[] = [];
  const starts = new Map<WitnessOp, number>();
  for (const [i, mark] of marks.entries()) {
    const previous = marks[i - 1];
    const isSame = previous?.time === mark.time && previous.isEnd === mark.isEnd;
    let x = previous === undefined ? 0 : xs[i - 1]! + (isSame ? 0 : gapMin);
    if (mark.isEnd) x = Math.max(x, starts.get(mark.op)! + widthOf(labels.get(mark.op)!));
    else starts.set(mark.op, x);
    xs.push(x);
  }
  return xs;
};

/** Lays out a witness of at least one operation. */
export const layOutWitness = (witness: Witness): WitnessLayout => {
  const labels = new Map(witness.ops.map((op) => [op, operationLabel(op, 24)]));
  const marks = marksOf(witness.ops);
  const xs = place(marks, labels);
  const startX = (op: WitnessOp): number => xs[marks.findIndex((m) => m.op === op && !m.isEnd)]!;
  const tails = witness.ops
    .filter((op) => op.end === undefined)
    .map((op) => startX(op) + widthOf(labels.get(op)!) + openTail / 2);
  const natural = Math.max(xs.at(-1)! + openTail, ...tails);
  const left = laneLabelWidth;
  const stretch = Math.max(1, Math.min(stretchMost, (wideEnough - left) / natural));
  const at = (x: number): number => Math.round((left + 28 + x * stretch) * 10) / 10;
  const right = at(natural);
  const byStart = witness.ops.toSorted((a, b) => a.start - b.start);
  const lanes = [...new Set(byStart.map((op) => op.process))]; // reads as a story, from top left to bottom right
  const bars = witness.ops.map((op) => {
    const end = marks.findIndex((m) => m.op === op && m.isEnd);
    return {
      op,
      label: labels.get(op)!,
      lane: lanes.indexOf(op.process),
      left: at(startX(op)),
      right: end === -1 ? right : at(xs[end]!),
      isOpen: end === -1,
    };
  });
  const ticks = marks.map((mark, i) => ({ x: at(xs[i]!), time: mark.time }));
  const unique = ticks.filter((tick, i) => i === 0 || tick.x !== ticks[i - 1]!.x);
  return { lanes, bars, ticks: unique, left, right };
};

/** Where a moment stands among the ticks; before the first at the plot's left edge, after the last at its right. */
export const positionOf = (layout: WitnessLayout, time: number): number => {
  const { ticks, left, right } = layout;
  const next = ticks.findIndex((tick) => tick.time >= time);
  if (next === 0) return ticks[0]!.time === time ? ticks[0]!.x : left;
  if (next === -1) return right;
  const [a, b] = [ticks[next - 1]!, ticks[next]!];
  return a.x + ((time - a.time) / (b.time - a.time)) * (b.x - a.x);
};

/** The ticks' times: the first in full, the others since the first, with as many digits as tell them apart. */
export const tickLabels = ({ ticks }: WitnessLayout): readonly string[] => {
  const first = ticks[0]?.time ?? 0;
  const times = ticks.map(({ time }) => time);
  const isShort = times.every((time) => time - first < 1e9);
  const [unit, name] = isShort ? [1e6, 'ms'] : [1e9, 's'];
  const different = new Set(times).size;
  let digits = isShort ? 0 : 3;
  const at = (time: number): string => ((time - first) / unit).toFixed(digits);
  while (digits < 9 && new Set(times.map(at)).size < different) digits++;
  return times.map((time) => (time === first ? moment(time) : `+${at(time)} ${name}`));
};
