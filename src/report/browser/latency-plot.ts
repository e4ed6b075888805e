// Latency of every operation on a logarithmic scale: ok as dots, fail as crosses, info as triangles, with quantiles.
import { duration } from '../format.ts';
import { chartOptions, type Drawing, type Stage } from './chart-options.ts';
import { eachVisible, type Frame, firstAt, type Points } from './points.ts';
import { Chart } from './uplot.ts';
import type { Range } from './view.ts';

const addCross = (path: Path2D, x: number, y: number, r: number): void => {
  path.moveTo(x - r, y - r);
  path.lineTo(x + r, y + r);
  path.moveTo(x + r, y - r);
  path.lineTo(x - r, y + r);
};

const addTriangle = (path: Path2D, x: number, y: number, r: number): void => {
  path.moveTo(x, y - r);
  path.lineTo(x + r, y + 0.75 * r);
  path.lineTo(x - r, y + 0.75 * r);
  path.closePath();
};

/** Where the plot's pixels are, in canvas pixels from its own corner. */
export const frameOf = (chart: Chart, stage: Stage, hidden: ReadonlySet<number>): Frame => {
  const { bbox } = chart;
  const { min: from, max: to } = stage.view.range;
  const scale = devicePixelRatio;
  return {
    from,
    to,
    width: bbox.width,
    height: bbox.height,
    x: (time) => ((time - from) / (to - from)) * bbox.width,
    y: (latency) => chart.valToPos(latency, 'y', true) - bbox.top,
    cells: [1.5 * scale, 5 * scale, 5 * scale],
    hidden,
  };
};

/** Side of a dot in CSS pixels: the fewer there are, the larger. */
const pointSize = (points: Points, { min, max }: Range): number => {
  const visible = firstAt(points, max) - firstAt(points, min);
  if (visible < 100) return 5;
  return visible < 2_000 ? 3.4 : 2.4;
};

const drawPoints = (
  chart: Chart,
  points: Points,
  stage: Stage,
  hidden: ReadonlySet<number>,
): void => {
  const { ctx, bbox } = chart;
  const theme = stage.theme();
  const scale = devicePixelRatio;
  const side = Math.round(pointSize(points, stage.view.range) * scale);
  const grown = side / (2.4 * scale);
  const crosses = new Path2D();
  const triangles = new Path2D();
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.globalAlpha = 0.55;
  ctx.fillStyle = theme.ok;
  eachVisible(points, frameOf(chart, stage, hidden), (type, dx, dy) => {
    const [x, y] = [bbox.left + dx, bbox.top + dy];
    // Whole pixels and no path: by far the most are of this kind.
    if (type === 0) ctx.fillRect(Math.round(x - side / 2), Math.round(y - side / 2), side, side);
    else if (type === 1) addCross(crosses, x, y, 2.5 * scale * grown);
    else addTriangle(triangles, x, y, 3 * scale * grown);
  });
  ctx.globalAlpha = 0.8;
  ctx.lineWidth = 1.2 * scale;
  ctx.strokeStyle = theme.fail;
  ctx.stroke(crosses);
  ctx.fillStyle = theme.info;
  ctx.fill(triangles);
  ctx.restore();
};

/** Whole decades that hold every latency. */
const decades = ({ fastest, slowest }: Points): [number, number] => {
  const low = 10 ** Math.floor(Math.log10(fastest));
  const high = 10 ** Math.ceil(Math.log10(slowest));
  return [low, high > low ? high : low * 10];
};

const powersIn = ([low, high]: readonly [number, number]): readonly number[] => {
  const powers: number[] = [];
  for (
    let exponent = Math.round(Math.log10(low));
    exponent <= Math.round(Math.log10(high));
    exponent++
  )
    powers.push(10 ** exponent);
  return powers;
};

/** Makes the plot in `root`; `hidden` holds the types that are switched off. */
export const latencyPlot = (options: {
  readonly root: HTMLElement;
  readonly stage: Stage;
  readonly size: Drawing;
  readonly points: Points;
  readonly hidden: ReadonlySet<number>;
  readonly onCursor: (chart: Chart) => void;
}): Chart => {
  const { root, stage, size, points, hidden, onCursor } = options;
  const { quantiles } = stage.data;
  const line = (colour: 'ink' | 'muted', dash: number[]) => ({
    stroke: () => stage.theme()[colour],
    width: 1.25,
    dash,
    points: { show: false },
    spanGaps: false,
  });
  const xs = quantiles.p50.map((_, i) => ((i + 0.5) * quantiles.width) / 1e6);
  const ms = (values: readonly (number | null)[]) =>
    values.map((value) => (value === null ? null : Math.max(value, 1) / 1e6));
  const range = decades(points);
  const special = {
    series: [{}, line('ink', []), line('muted', [6, 3]), line('muted', [2, 2])],
    y: { distr: 3 as const, range: (): [number, number] => range },
    ySplitLabel: (value: number) => duration(value * 1e6),
    ySplits: powersIn(range),
    isTimed: true,
    under: (chart: Chart) => drawPoints(chart, points, stage, hidden),
    onCursor,
  };
  return new Chart(
    chartOptions(stage, size, special),
    [xs, ms(quantiles.p50), ms(quantiles.p95), ms(quantiles.p99)],
    root,
  );
};
