// Fault lanes above the plots: one bar a fault, named, on the plots' own time axis.
import type { PageData } from '../columns.ts';
import type { View } from './view.ts';

type Window = PageData['windows'][number];
export type Edges = { readonly left: number; readonly width: number };

const lanesMost = 6;
const textNarrowest = 56;

type Lane = { readonly kind: string; end: number };

/** Puts each window in the first lane of its kind that is free by then; when there are too many, in the last. */
const laneOf = (lanes: Lane[], { kind, start, end }: Window): number => {
  const until = end ?? Number.POSITIVE_INFINITY;
  const free = lanes.findIndex((lane) => lane.kind === kind && lane.end <= start);
  if (free !== -1) {
    lanes[free]!.end = until;
    return free;
  }
  if (lanes.length < lanesMost) return lanes.push({ kind, end: until }) - 1;
  return lanes.length - 1;
};

const make = (className: string, text: string, title = text): HTMLElement => {
  const made = document.createElement('div');
  made.className = className;
  made.title = title;
  const span = document.createElement('span');
  span.textContent = text;
  made.append(span);
  return made;
};

const barOf = ({ says, kind, words }: Window): HTMLElement =>
  make('lane-bar', says === '' ? kind : says, words);

/** Draws the lanes now, and again whenever the view or, through what it returns, the plots' edges change. */
export const drawLanes = (
  root: HTMLElement,
  data: PageData,
  view: View,
): ((edges: Edges) => void) => {
  const lanes: Lane[] = [];
  const bars = data.windows.map((window) => ({
    ...{ start: window.start / 1e6, end: (window.end ?? data.until) / 1e6 },
    lane: laneOf(lanes, window),
    bar: barOf(window),
  }));
  const rows = lanes.map(({ kind }, i) => {
    const row = document.createElement('div');
    row.className = 'lane-row';
    const track = document.createElement('div');
    track.className = 'lane-track';
    track.append(...bars.filter(({ lane }) => lane === i).map(({ bar }) => bar));
    const name = make('lane-name', kind);
    row.append(name, track);
    return { row, name, track };
  });
  root.replaceChildren(...rows.map(({ row }) => row));
  let edges: Edges = { left: 0, width: root.clientWidth };
  const place = (): void => {
    const { min, max } = view.range;
    const x = (time: number): number => ((time - min) / (max - min)) * edges.width;
    for (const { name, track } of rows) {
      name.style.width = `${Math.max(0, edges.left - 8)}px`;
      track.style.left = `${edges.left}px`;
      track.style.width = `${edges.width}px`;
    }
    for (const { start, end, bar } of bars) {
      const from = Math.max(0, x(start));
      const width = Math.min(edges.width, x(end)) - from;
      bar.hidden = end < min || start > max;
      bar.style.left = `${from}px`;
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
