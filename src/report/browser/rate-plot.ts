// Operations a second by how they ended, in steps.
import { count } from '../format.ts';
import { chartOptions, type Drawing, type Stage } from './chart-options.ts';
import { Chart } from './uplot.ts';

const types = ['ok', 'fail', 'info'] as const;
const dashes = { ok: [], fail: [6, 3], info: [2, 2] };

/** Makes the plot in `root`. */
export const ratePlot = (options: {
  readonly root: HTMLElement;
  readonly stage: Stage;
  readonly size: Drawing;
  readonly onCursor: (chart: Chart) => void;
}): Chart => {
  const { root, stage, size, onCursor } = options;
  const { rates } = stage.data;
  const stepped = Chart.paths.stepped?.({ align: 1 });
  const series = types.map((type) => ({
    stroke: () => stage.theme()[type],
    width: 1.5,
    dash: dashes[type],
    points: { show: false },
    ...(type === 'ok'
      ? { fill: () => `color-mix(in srgb, ${stage.theme().ok} 14%, transparent)` }
      : {}),
    ...(stepped === undefined ? {} : { paths: stepped }),
  }));
  const xs = rates.ok.map((_, i) => (i * rates.width) / 1e6);
  const special = {
    series: [{}, ...series],
    y: {
      range: (_: Chart, __: number, max: number): [number, number] => [0, Math.max(1, max * 1.08)],
    },
    ySplitLabel: count,
    isTimed: false,
    onCursor,
  };
  return new Chart(
    chartOptions(stage, size, special),
    [xs, [...rates.ok], [...rates.fail], [...rates.info]],
    root,
  );
};
