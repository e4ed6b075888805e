// What was broken: who no longer heard whom, whether that was proven, who healed it and whether that was proven.
import type { Proof } from '../../contract/faults.ts';
import { faultWords } from '../fault-words.ts';
import { duration, moment, plural, visible } from '../format.ts';
import { isCut } from '../grudge.ts';
import type { ReportModel } from '../model.ts';
import { endOf, type FaultWindow } from '../windows.ts';
import { type Html, html, isolated } from './markup.ts';

const cell = 8;
const matrixNodesMost = 15;
const rowsMost = 200;

/** A row for each hearer, a column for each speaker; filled where the link is cut. */
const linkMatrix = ({ grudge }: FaultWindow, nodes: readonly string[]): Html => {
  if (grudge === undefined || nodes.length > matrixNodesMost) return html``;
  const size = nodes.length * cell + 1;
  const cells = nodes.flatMap((hearer, y) =>
    nodes.map((speaker, x) => {
      const kind = x === y ? 'self' : isCut(grudge, hearer, speaker) ? 'cut' : 'link';
      return html`<rect class="${kind}" x="${x * cell + 1}" y="${y * cell + 1}" width="${cell - 1}" height="${cell - 1}"/>`;
    }),
  );
  return html`<svg class="matrix" viewBox="0 0 ${size} ${size}" width="${size}" height="${size}" role="img" aria-label="Links: rows hear, columns speak, filled means cut">${cells}</svg>`;
};

type Mark = {
  readonly tone: 'good' | 'bad' | 'unsure';
  readonly icon: string;
  readonly word: string;
};

const markOf = (proof: Proof | undefined): Mark => {
  if (proof === undefined) return { tone: 'unsure', icon: '–', word: 'not probed' };
  if (proof.holds === true) return { tone: 'good', icon: '✓', word: 'proven' };
  if (proof.holds === false) return { tone: 'bad', icon: '✗', word: 'disproved' };
  return { tone: 'unsure', icon: '?', word: 'not measured' };
};

/** A proof in a table: a mark, a word, and the sentence of the probe. */
const proofCell = (
  proof: Proof | undefined,
  said: { readonly missing?: string; readonly by?: string } = {},
): Html => {
  const { tone, icon, word } = markOf(proof);
  const shown = proof === undefined ? (said.missing ?? word) : word;
  const by = said.by === undefined ? '' : `healed ${said.by}; `;
  const says =
    proof !== undefined && html`<small>${by}${isolated(visible(proof.says, 200))}</small>`;
  return html`<span class="mark ${tone}"><span aria-hidden="true">${icon}</span> ${shown}</span>${says}`;
};

const healCell = (window: FaultWindow): Html => {
  if (window.heal === undefined)
    return proofCell(undefined, {
      missing: window.end === undefined ? 'never healed' : 'not probed',
    });
  const by = { runner: 'by the run', lease: 'by the node’s lease', command: 'by ordeal heal' }[
    window.heal.by
  ];
  return proofCell(window.heal.proof, { by: by ?? visible(window.heal.by, 40) });
};

const timeCell = (window: FaultWindow): Html => {
  const end = window.end === undefined ? 'open' : moment(window.end);
  const lasted = window.end === undefined ? '' : duration(window.end - window.start);
  return html`<span class="nobreak">${moment(window.start)} – ${end}</span><small>${lasted}</small>`;
};

const whatCell = (window: FaultWindow, nodes: readonly string[], isThen: boolean): Html => {
  const failed =
    window.failed === undefined
      ? ''
      : html`<small class="bad">failed: ${isolated(visible(window.failed, 200))}</small>`;
  const then = isThen ? html` <span class="tag">during the witness</span>` : '';
  return html`<div class="what">${linkMatrix(window, nodes)}<div><b>${isolated(visible(window.kind, 60))}</b>${then}<br>${isolated(visible(window.says, 160))}${failed}</div></div>`;
};

const row = (model: ReportModel, window: FaultWindow, i: number): Html => {
  const isThen = model.brokenThen.includes(window);
  return html`<tr${isThen ? html` class="then"` : ''}><td class="number">${i + 1}</td><td>${timeCell(window)}</td><td>${whatCell(window, model.nodes, isThen)}</td><td>${proofCell(window.effect)}</td><td>${healCell(window)}</td></tr>`;
};

const table = (model: ReportModel): Html => {
  const shown = model.windows.slice(0, rowsMost);
  const rest = model.windows.length - shown.length;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of faults"><table class="faults"><thead><tr><th scope="col">#</th><th scope="col">When</th><th scope="col">What, and who no longer hears whom</th><th scope="col">Effect</th><th scope="col">Heal</th></tr></thead><tbody>${shown.map((window, i) => row(model, window, i))}</tbody></table></div>${rest > 0 && html`<p class="note">${plural(rest, 'more fault')} in faults.jsonl.</p>`}`;
};

const thenSentence = (window: FaultWindow): Html => {
  const effect = markOf(window.effect).word;
  const end =
    window.end === undefined
      ? 'and nothing says that it was healed'
      : `until ${moment(endOf(window))}, its heal ${markOf(window.heal?.proof).word}`;
  return html`<li><b>${isolated(faultWords(window))}</b>, since ${moment(window.start)}, its effect ${effect}, ${end}.</li>`;
};

const atThatMoment = (model: ReportModel): Html => {
  const { witnessSpan: span, brokenThen } = model;
  if (span === undefined) return html``;
  const when = `Between ${moment(span.start)} and ${moment(span.end)}, while the witness happened, `;
  if (brokenThen.length === 0) return html`<p class="lead">${when}no fault was active.</p>`;
  const many = brokenThen.length === 1 ? 'this was broken:' : 'these were broken:';
  return html`<p class="lead">${when}${many}</p><ul class="then-list">${brokenThen.slice(0, 12).map(thenSentence)}</ul>`;
};

const matrixNote = ({ windows, nodes }: ReportModel): Html =>
  windows.some(({ grudge }) => grudge !== undefined) && nodes.length <= matrixNodesMost
    ? html`<p class="note">In each square a row hears and a column speaks, ${isolated(visible(nodes[0] ?? '', 40))} first; filled means that the link is cut.</p>`
    : html``;

/** What was broken at the witness' moment, and every fault of the run with its proofs. */
export const faultsPart = (model: ReportModel): Html => {
  const body =
    model.windows.length === 0
      ? html`<p class="empty">Nothing was broken in this run.</p>`
      : html`${atThatMoment(model)}${table(model)}${matrixNote(model)}`;
  return html`<section aria-labelledby="faults"><h2 id="faults">What was broken</h2>${body}</section>`;
};
