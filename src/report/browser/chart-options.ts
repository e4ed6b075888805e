// What the plots have in common: the time axis, the cursor, drag to zoom, fault bands behind the data.
import type { PageData } from '../columns.ts';
import type { Theme } from './theme.ts';
import { Chart, type ChartOptions } from './uplot.ts';
import type { View } from './view.ts';

/** What a plot is drawn from; `theme` is asked anew at every redraw. */
export type Stage = {
  readonly data: PageData;
  readonly view: View;
  readonly theme: () => Theme;
};

export type Drawing = { readonly width: number; readonly height: number };

/** A time of the run (ms) as the axis names it, precise to what the step needs. */
const timeLabel = (time: number, step: number): string => {
  if (step >= 1000) return `${time / 1000} s`;
  if (step >= 1) return `${(time / 1000).toFixed(3)} s`;
  return `${time.toFixed(step >= 0.001 ? 3 : 6)} ms`;
};

/** Bands for faults and a line for the witness, behind everything else. */
const drawBackground = (chart: Chart, { data, theme }: Stage): void => {
  const { ctx, bbox } = chart;
  const colours = theme();
  const x = (ns: number): number => chart.valToPos(ns / 1e6, 'x', true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colours.band;
  for (const { start, end } of data.windows) {
    const from = x(start);
    ctx.fillRect(from, bbox.top, Math.max(1, x(end ?? data.until) - from), bbox.height);
  }
  if (data.witness !== undefined) {
    const [from, to] = [x(data.witness.start), x(data.witness.end)];
    ctx.fillStyle = colours.bad;
    ctx.strokeStyle = colours.bad;
    ctx.globalAlpha = 0.14;
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.globalAlpha = 0.8;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([]);
    ctx.strokeRect(from, bbox.top - 2, to - from, bbox.height + 4);
  }
  ctx.restore();
};

const cursorOf = (view: View): NonNullable<ChartOptions['cursor']> => ({
  sync: { key: 'time', setSeries: false, scales: ['x', null] },
  drag: { x: true, y: false, setScale: false },
  points: { show: false },
  y: false,
  bind: {
    // Ours: uPlot would zoom to the data it knows, which is not the whole run.
    dblclick: () => () => {
      view.reset();
      return null;
    },
  },
});

/** A dragged selection becomes the view, once, from the plot under the hand. */
const zoomToSelection = (chart: Chart, view: View): void => {
  const { left, width } = chart.select;
  if (width < 4) return;
  const [min, max] = [chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x')];
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  view.show(min, max);
};

export type Special = {
  readonly series: ChartOptions['series'];
  readonly y: NonNullable<ChartOptions['scales']>[string];
  readonly ySplitLabel: (value: number) => string;
  readonly ySplits?: readonly number[];
  /** Whether the time axis has labels. */
  readonly isTimed: boolean;
  /** Drawn above the grid and below the series. */
  readonly under?: (chart: Chart) => void;
  readonly onCursor: (chart: Chart) => void;
};

/** The options of one plot. */
export const chartOptions = (stage: Stage, size: Drawing, special: Special): ChartOptions => {
  const { view, theme } = stage;
  const stroke = (): string => theme().muted;
  const grid = { stroke: () => theme().rule, width: 1 };
  const common = { stroke, font: theme().font, grid, ticks: { show: false } };
  return {
    ...size,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: cursorOf(view),
    scales: { x: { time: false, range: () => [view.range.min, view.range.max] }, y: special.y },
    axes: [
      {
        ...common,
        space: 90,
        size: special.isTimed ? 34 : 6,
        values: (_, splits, __, ___, step) =>
          splits.map((split) => (special.isTimed ? timeLabel(split, step) : '')),
      },
      {
        ...common,
        size: innerWidth < 600 ? 54 : 72,
        ...(special.ySplits === undefined
          ? {}
          : { splits: () => [...special.ySplits!], filter: (_, splits) => splits }),
        values: (_, splits) =>
          splits.map((value) => (value === null ? '' : special.ySplitLabel(value))),
      },
    ],
    series: special.series,
    hooks: {
      drawClear: [(chart) => drawBackground(chart, stage)],
      drawAxes: [(chart) => special.under?.(chart)],
      setSelect: [(chart) => zoomToSelection(chart, view)],
      setCursor: [special.onCursor],
    },
  };
};

export { Chart };
