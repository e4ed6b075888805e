// uPlot, which the page inlines before this script, with its types.
import type Plot from 'uplot';

declare const uPlot: typeof Plot;

/** The class that draws a chart. */
export const Chart = uPlot;
export type Chart = Plot;
export type ChartOptions = Plot.Options;
