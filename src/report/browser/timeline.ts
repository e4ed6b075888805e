// The master timeline: fault lanes over rate and latency, one time axis, one cursor, zoom by hand and by keyboard.
import type { PageData } from '../columns.ts';
import type { Stage } from './chart-options.ts';
import { drawLanes } from './lanes.ts';
import { frameOf, latencyPlot } from './latency-plot.ts';
import { nearest, type Points, pointsOf } from './points.ts';
import { ratePlot } from './rate-plot.ts';
import { momentWords, pointWords } from './readout.ts';
import { readTheme, type Theme } from './theme.ts';
import type { Chart } from './uplot.ts';
import { View } from './view.ts';

const element = (selector: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
};

type Timeline = {
  readonly stage: Stage;
  readonly points: Points;
  readonly hidden: Set<number>;
  readonly rate: Chart;
  readonly latency: Chart;
};

const heights = { rate: 150, latency: 300 };

const build = (data: PageData): Timeline => {
  let theme: Theme = readTheme();
  const view = new View(Math.max(1e-3, data.until / 1e6));
  const stage: Stage = { data, view, theme: () => theme };
  const points = pointsOf(data.operations);
  const hidden = new Set<number>();
  const readout = element('#readout');
  const tell = (chart: Chart): void => {
    const { left, top } = chart.cursor;
    if (left === undefined || left < 0) {
      readout.textContent = readout.dataset['idle'] ?? '';
      return;
    }
    const time = chart.posToVal(left, 'x');
    // A synced cursor has no height of its own: only the plot under the hand looks for a point.
    if (chart === timeline.latency && top !== undefined && top >= 0) {
      const place = {
        x: left * devicePixelRatio,
        y: top * devicePixelRatio,
        reach: 10 * devicePixelRatio,
      };
      const found = nearest(points, frameOf(chart, stage, hidden), place);
      readout.textContent = found < 0 ? momentWords(data, time) : pointWords(data, points, found);
    } else if (chart === timeline.rate && top !== undefined && top >= 0)
      readout.textContent = momentWords(data, time);
  };
  const width = element('#rate').clientWidth;
  const rate = ratePlot({
    root: element('#rate'),
    stage,
    size: { width, height: heights.rate },
    onCursor: tell,
  });
  const latency = latencyPlot({
    root: element('#latency'),
    stage,
    size: { width, height: heights.latency },
    points,
    hidden,
    onCursor: tell,
  });
  const timeline = { stage, points, hidden, rate, latency };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    theme = readTheme();
    for (const chart of [rate, latency]) chart.redraw(false, true);
  });
  return timeline;
};

/** Keeps lanes, plots and buttons on the view and on the page's width. */
const keepInStep = ({ stage, rate, latency }: Timeline): void => {
  const { view } = stage;
  const place = drawLanes(element('#lanes'), stage.data, view);
  const edges = (): void => {
    const { left, width } = rate.bbox;
    place({ left: left / devicePixelRatio, width: width / devicePixelRatio });
  };
  edges();
  const reset = document.querySelector<HTMLButtonElement>('[data-zoom=reset]');
  view.onChange((range) => {
    for (const chart of [rate, latency]) chart.setScale('x', range);
    if (reset !== null) reset.disabled = view.isWhole;
  });
  let width = rate.width;
  new ResizeObserver(() => {
    const now = element('#rate').clientWidth;
    if (now === width || now === 0) return;
    width = now;
    rate.setSize({ width, height: heights.rate });
    latency.setSize({ width, height: heights.latency });
    edges();
  }).observe(element('#rate'));
};

const keys: { readonly [key: string]: (view: View) => void } = {
  ArrowLeft: (view) => view.pan(-0.2),
  ArrowRight: (view) => view.pan(0.2),
  '+': (view) => view.zoom(0.5),
  '=': (view) => view.zoom(0.5),
  '-': (view) => view.zoom(2),
  '0': (view) => view.reset(),
  Escape: (view) => view.reset(),
};

const listen = ({ stage, hidden, rate, latency }: Timeline): void => {
  const { view, data } = stage;
  element('#plots').addEventListener('keydown', (event) => {
    const action = keys[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action(view);
  });
  document.querySelector('[data-zoom=reset]')?.addEventListener('click', () => view.reset());
  document.querySelector('[data-zoom=witness]')?.addEventListener('click', () => {
    if (data.witness === undefined) return;
    const { start, end } = data.witness;
    const margin = Math.max((end - start) * 0.4, 5e6);
    view.show((start - margin) / 1e6, (end + margin) / 1e6);
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-series]'))
    button.addEventListener('click', () => {
      const shown = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(shown));
      const type = ['ok', 'fail', 'info'].indexOf(button.dataset['series'] ?? '');
      if (type === -1) for (const i of [1, 2, 3]) latency.setSeries(i, { show: shown });
      else {
        if (shown) hidden.delete(type);
        else hidden.add(type);
        rate.setSeries(type + 1, { show: shown });
        latency.redraw(false);
      }
    });
};

/** Draws the timeline; does nothing on a page without one. */
export const startTimeline = (data: PageData): void => {
  if (document.querySelector('#plots') === null) return;
  const timeline = build(data);
  keepInStep(timeline);
  listen(timeline);
};
