// The witness as a space-time picture: a lane a process, an interval an operation, the faults of that moment behind it.
import type { Witness } from '../../checker/witness.ts';
import { faultWords } from '../fault-words.ts';
import { duration, moment, visible } from '../format.ts';
import type { NodeOf } from '../recovery.ts';
import { endOf, type FaultWindow } from '../windows.ts';
import { type Html, html } from './markup.ts';
import {
  type Bar,
  layOutWitness,
  positionOf,
  tickLabels,
  type WitnessLayout,
} from './witness-layout.ts';

const laneHeight = 52;
const barHeight = 30;
const bandRow = 24;
const axisHeight = 34;

export type WitnessPicture = {
  readonly witness: Witness;
  readonly windows: readonly FaultWindow[];
  readonly nodeOf: NodeOf;
};

const laneLabel = (process: number | 'nemesis', nodeOf: NodeOf, y: number): Html => {
  const node = process === 'nemesis' ? undefined : nodeOf(process);
  const name = process === 'nemesis' ? 'nemesis' : `process ${process}`;
  return html`<text class="lane" x="0" y="${y - 2}">${name}</text>${
    node === undefined
      ? ''
      : html`<text class="lane-node" x="0" y="${y + 13}">on ${visible(node, 16)}</text>`
  }`;
};

/** A closed interval has two round ends; one that may still take effect ends in an arrow head. */
const barShape = ({ left, right, isOpen }: Bar, y: number): Html => {
  const top = y - barHeight / 2;
  if (!isOpen)
    return html`<rect x="${left}" y="${top}" width="${Math.max(6, right - left)}" height="${barHeight}" rx="7"/>`;
  const tip = right - 2;
  const neck = tip - 12;
  const path = `M${left + 7} ${top}H${neck}L${tip} ${y}L${neck} ${top + barHeight}H${left + 7}a7 7 0 0 1 -7 -7V${top + 7}a7 7 0 0 1 7 -7Z`;
  return html`<path d="${path}"/>`;
};

const barTitle = ({ op, label }: Bar): string => {
  const times =
    op.end === undefined
      ? `from ${moment(op.start)}, never known to have ended`
      : `${moment(op.start)} to ${moment(op.end)} (${duration(op.end - op.start)})`;
  return `process ${op.process}: ${label}, ${times}, operation ${op.index} of the history`;
};

const drawBar = (bar: Bar, top: number): Html => {
  const y = top + bar.lane * laneHeight + laneHeight / 2;
  const kind = bar.op.culprit === true ? 'culprit' : bar.isOpen ? 'open' : bar.op.type;
  const mark =
    bar.op.culprit === true
      ? html`<g class="mark"><circle cx="${bar.right}" cy="${y - barHeight / 2}" r="9"/><path d="M${bar.right - 3.5} ${y - barHeight / 2 - 3.5}l7 7m0 -7l-7 7"/></g>`
      : '';
  return html`<g class="op ${kind}"><title>${barTitle(bar)}</title>${barShape(bar, y)}<text x="${bar.left + 12}" y="${y + 4.5}">${bar.label}</text>${mark}</g>`;
};

const drawBand = (
  layout: WitnessLayout,
  window: FaultWindow,
  place: { readonly row: number; readonly bottom: number },
): Html => {
  const from = positionOf(layout, window.start);
  const to = positionOf(layout, endOf(window));
  const y = place.row * bandRow;
  const width = Math.max(2, to - from);
  const room = Math.floor((layout.right - from) / 6.6);
  const words = faultWords(window);
  const label = words.length > room ? `${words.slice(0, Math.max(0, room - 1))}…` : words;
  const isHealed = to < layout.right;
  const edge = (x: number): Html => html`<path class="edge" d="M${x} ${y}V${place.bottom}"/>`;
  const edges = [from > layout.left && edge(from), isHealed && edge(to)];
  return html`<g class="band"><title>${words}</title><rect x="${from}" y="${y}" width="${width}" height="${place.bottom - y}"/><path d="M${from} ${y + 0.5}H${from + width}"/>${edges}<text x="${from + 8}" y="${y + 16}">${label}</text></g>`;
};

const drawAxis = (layout: WitnessLayout, top: number, bottom: number): Html => {
  const labels = tickLabels(layout);
  return html`<g class="axis"><path d="M${layout.left} ${bottom + 0.5}H${layout.right}"/>${layout.ticks.map(
    ({ x }, i) =>
      html`<path class="guide" d="M${x} ${top}V${bottom + 5}"/><text x="${x}" y="${bottom + 21}" text-anchor="middle">${labels[i]}</text>`,
  )}</g>`;
};

/** The picture as inline SVG; empty when the witness names no operation. */
export const witnessPicture = ({ witness, windows, nodeOf }: WitnessPicture): Html => {
  if (witness.ops.length === 0) return html``;
  const layout = layOutWitness(witness);
  const top = Math.max(1, windows.length) * bandRow;
  const bottom = top + layout.lanes.length * laneHeight;
  const width = Math.ceil(layout.right + 24);
  const height = bottom + axisHeight;
  const said = visible(witness.words.join(' ') || witness.title, 1000);
  return html`<svg class="witness" role="img" aria-labelledby="witness-title witness-desc" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title id="witness-title">Space-time picture of the witness</title><desc id="witness-desc">${said}</desc>${windows.map(
    (window, row) => drawBand(layout, window, { row, bottom }),
  )}${layout.lanes.map((process, lane) => {
    const y = top + lane * laneHeight + laneHeight / 2;
    return html`<path class="rail" d="M${layout.left} ${y}H${layout.right}"/>${laneLabel(process, nodeOf, y)}`;
  })}${drawAxis(layout, top, bottom)}${layout.bars.map((bar) => drawBar(bar, top))}</svg>`;
};
