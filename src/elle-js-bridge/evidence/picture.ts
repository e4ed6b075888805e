// Draws a cycle as SVG: transactions in a ring, an arrow with its reason for every step.

import { ednOf } from '../edn/writer.ts';
import type { TxnOp } from '../op.ts';
import type { Cycle, Relation } from '../result.ts';

const colours: Readonly<Record<Relation, string>> = {
  ww: '#b3261e',
  wr: '#a3159a',
  rw: '#4527a0',
  wwp: '#d9603b',
  wrp: '#cf4fc4',
  rwp: '#7a5fd0',
  process: '#00796b',
  realtime: '#1565c0',
};
const fills: Readonly<Record<string, string>> = { ok: '#e3f2e6', info: '#fff3d6', fail: '#fbe4ee' };
/** Beyond these a picture explains nothing. */
const drawnMax = 24;
const mopsMax = 8;
const mopLength = 34;
const lineHeight = 18;
const charWidth = 7.3;
const padding = 10;

type Box = {
  readonly op: TxnOp;
  readonly lines: readonly string[];
  x: number;
  y: number;
  readonly w: number;
  readonly h: number;
};

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const shorten = (text: string): string =>
  text.length <= mopLength ? text : `${text.slice(0, mopLength - 9)} … ${text.slice(-6)}`;

const mopText = (mop: readonly unknown[]): string => {
  const [f, key, value] = mop;
  return shorten(`${f === 'append' ? 'a' : String(f)} ${ednOf(key)} ${ednOf(value)}`);
};

const boxOf = (op: TxnOp, at: number): Box => {
  const mops = op.value.slice(0, mopsMax).map(mopText);
  const more = op.value.length > mopsMax ? [`… ${op.value.length - mopsMax} more`] : [];
  const lines = [`T${at + 1} ${op.type}, index ${op.index ?? '?'}`, ...mops, ...more];
  const w = Math.max(...lines.map((line) => line.length)) * charWidth + 2 * padding;
  return { op, lines, x: 0, y: 0, w, h: lines.length * lineHeight + 2 * padding - 4 };
};

/** Places the boxes on an ellipse, clockwise from the top left. */
const arrange = (boxes: readonly Box[]): { readonly width: number; readonly height: number } => {
  const widest = Math.max(...boxes.map((box) => box.w));
  const tallest = Math.max(...boxes.map((box) => box.h));
  const rx = boxes.length <= 2 ? widest / 2 + 70 : (boxes.length * (widest + 60)) / 6 + 40;
  const ry = boxes.length <= 2 ? 0 : (boxes.length * (tallest + 60)) / 6 + 20;
  const width = 2 * rx + widest + 40;
  const height = 2 * ry + tallest + 120;
  boxes.forEach((box, i) => {
    const angle = Math.PI + (2 * Math.PI * i) / boxes.length;
    box.x = width / 2 + rx * Math.cos(angle);
    box.y = height / 2 + ry * Math.sin(angle);
  });
  return { width, height };
};

/** Where the line from a box's middle towards a point leaves the box. */
const edgeOf = (box: Box, x: number, y: number): readonly [number, number] => {
  const [dx, dy] = [x - box.x, y - box.y];
  const scale = Math.min(box.w / 2 / Math.abs(dx || 1e-9), box.h / 2 / Math.abs(dy || 1e-9));
  return [box.x + dx * scale, box.y + dy * scale];
};

const drawBox = (box: Box): string => {
  const [left, top] = [box.x - box.w / 2, box.y - box.h / 2];
  const fill = fills[box.op.type] ?? '#eeeeee';
  const lines = box.lines.map((line, i) => {
    const y = (top + padding + 9 + i * lineHeight).toFixed(1);
    const weight = i === 0 ? ' font-weight="bold"' : '';
    return `<text x="${(left + padding).toFixed(1)}" y="${y}"${weight}>${escaped(line)}</text>`;
  });
  const rect = `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${box.w.toFixed(1)}" height="${box.h.toFixed(1)}" rx="6" fill="${fill}" stroke="#555"/>`;
  return [rect, ...lines].join('\n');
};

const labelOf = (cycle: Cycle, at: number): string => {
  const { type, key } = cycle.steps[at]!;
  return key === undefined ? type : `${type} ${shorten(ednOf(key))}`;
};

/** A bent arrow, so that two between the same boxes stay apart. */
const drawArrow = (cycle: Cycle, boxes: readonly Box[], at: number): string => {
  const from = boxes[at]!;
  const to = boxes[(at + 1) % boxes.length]!;
  const colour = colours[cycle.steps[at]!.type];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const bend = boxes.length <= 2 ? 60 : 26;
  const mx = (from.x + to.x) / 2 + (dy / length) * bend;
  const my = (from.y + to.y) / 2 - (dx / length) * bend;
  const [x1, y1] = edgeOf(from, mx, my);
  const [x2, y2] = edgeOf(to, mx, my);
  const points = [x1, y1, mx, my, x2, y2].map((number) => number.toFixed(1));
  const path = `M ${points[0]} ${points[1]} Q ${points[2]} ${points[3]} ${points[4]} ${points[5]}`;
  const label = `<text x="${((x1 + 2 * mx + x2) / 4).toFixed(1)}" y="${((y1 + 2 * my + y2) / 4 - 4).toFixed(1)}" text-anchor="middle" fill="${colour}" stroke="white" stroke-width="4" paint-order="stroke">${escaped(labelOf(cycle, at))}</text>`;
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.8" marker-end="url(#${cycle.steps[at]!.type})"/>\n${label}`;
};

const markerOf = (type: Relation): string =>
  `<marker id="${type}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M 0 1 L 10 5 L 0 9 z" fill="${colours[type]}"/></marker>`;

/** A picture of a cycle; undefined when it has too many transactions to be one. Transactions are called as in the words. */
export const drawCycle = (cycle: Cycle): string | undefined => {
  if (cycle.steps.length > drawnMax) return undefined;
  const boxes = cycle.cycle.slice(0, -1).map((op, at) => boxOf(op, at));
  const { width, height } = arrange(boxes);
  const size = `width="${width.toFixed(0)}" height="${height.toFixed(0)}" viewBox="0 0 ${width.toFixed(0)} ${height.toFixed(0)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="ui-monospace, monospace" font-size="12" role="img">`,
    `<title>${escaped(cycle.type)}: a cycle of ${boxes.length} transactions</title>`,
    `<defs>${[...new Set(cycle.steps.map((step) => step.type))].map(markerOf).join('')}</defs>`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...boxes.map(drawBox),
    ...cycle.steps.map((_, i) => drawArrow(cycle, boxes, i)),
    '</svg>',
    '',
  ].join('\n');
};
