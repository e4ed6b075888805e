// Fault lanes above the plots: one bar a fault, named, on the plots' own time axis.
import type { PageData } from '../columns.ts';
import type { View } from './view.ts';

type Window = PageData['windows'][number];
export type Edges = { readonly left: number; readonly width: number };

const lanesMost = 4;
const textNarrowest = 28;

/** Puts each window in the first lane that is free by then; the last lane takes what finds no place. */
const laneOf = (ends: number[], window: Window): number => {
  const free = ends.findIndex((end) => end <= window.start);
  const lane = free !== -1 ? free : Math.min(ends.length, lanesMost - 1);
  ends[lane] = window.end ?? Number.POSITIVE_INFINITY;
  return lane;
};

const barOf = (window: Window): HTMLElement => {
  const bar = document.createElement('div');
  bar.className = 'lane-bar';
  bar.title = window.words;
  const text = document.createElement('span');
  text.textContent = window.words;
  bar.append(text);
  return bar;
};

/** Draws the lanes now, and again whenever the view or the plots' edges change. */
export const drawLanes = (
  root: HTMLElement,
  data: PageData,
  view: View,
): ((edges: Edges) => void) => {
  const ends: number[] = [];
  const bars = data.windows.map((window) => ({
    window,
    lane: laneOf(ends, window),
    bar: barOf(window),
  }));
  const rows = Array.from({ length: ends.length }, () => {
    const row = document.createElement('div');
    row.className = 'lane-row';
    return row;
  });
  for (const { lane, bar } of bars) rows[lane]!.append(bar);
  root.replaceChildren(...rows);
  let edges: Edges = { left: 0, width: root.clientWidth };
  const place = (): void => {
    const { min, max } = view.range;
    for (const row of rows) {
      row.style.marginLeft = `${edges.left}px`;
      row.style.width = `${edges.width}px`;
    }
    for (const { window, bar } of bars) {
      const from = Math.max(min, window.start / 1e6);
      const to = Math.min(max, (window.end ?? data.until) / 1e6);
      const width = ((to - from) / (max - min)) * edges.width;
      bar.hidden = to < min || from > max;
      bar.style.left = `${((from - min) / (max - min)) * edges.width}px`;
      bar.style.width = `${Math.max(2, width)}px`;
      bar.classList.toggle('narrow', width < textNarrowest);
    }
  };
  view.onChange(place);
  return (next) => {
    edges = next;
    place();
  };
};
