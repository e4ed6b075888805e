// Did this test mean anything: what was tried while something was broken, and how fast the system came back.
import { distortionOf } from '../../contract/timing.ts';
import { type CountRow, type Tally, total } from '../counts.ts';
import { count, duration, moment, percent, plural, visible } from '../format.ts';
import type { ReportModel } from '../model.ts';
import type { Recovery } from '../recovery.ts';
import { type Html, html, isolated } from './markup.ts';

const recoveriesMost = 100;

/** A bar of three parts; its numbers stand beside it. */
const ratioBar = (tally: Tally): Html => {
  const all = total(tally);
  if (all === 0) return html``;
  const width = (part: number): string => ((part / all) * 100).toFixed(2);
  return html`<svg class="ratio" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="ok" x="0" y="0" width="${width(tally.ok)}" height="6"/><rect class="fail" x="${width(tally.ok)}" y="0" width="${width(tally.fail)}" height="6"/><rect class="info" x="${width(tally.ok + tally.fail)}" y="0" width="${width(tally.info)}" height="6"/></svg>`;
};

const tallyCells = (tally: Tally): Html =>
  html`<td class="number">${count(tally.ok)}</td><td class="number">${count(tally.fail)}</td><td class="number">${count(tally.info)}</td><td class="share"><span>${percent(tally.ok, total(tally))}</span>${ratioBar(tally)}</td>`;

const countRow = (row: CountRow): Html =>
  html`<tr><th scope="row">${isolated(visible(row.f, 40))}</th>${tallyCells(row.inside)}${tallyCells(row.outside)}</tr>`;

const countTable = (model: ReportModel): Html => {
  if (model.counts.length === 0) return html`<p class="empty">No operation was tried.</p>`;
  const columns = html`<th scope="col">ok</th><th scope="col">fail</th><th scope="col">info</th><th scope="col" class="share">succeeded</th>`;
  const all = { f: 'all', inside: model.inside, outside: model.outside };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Operations inside and outside of fault windows"><table class="counts"><thead><tr><td></td><th scope="colgroup" colspan="4">while something was broken</th><th scope="colgroup" colspan="4">while nothing was broken</th></tr><tr><th scope="col">operation</th>${columns}${columns}</tr></thead><tbody>${model.counts.slice(0, 40).map(countRow)}</tbody><tfoot>${countRow(all)}</tfoot></table></div><p class="note">An operation counts as inside when any part of it overlapped a fault. “info” means that it may have happened, and may still happen.</p>`;
};

const recoveryCell = (time: number | undefined): Html =>
  time === undefined
    ? html`<td class="number"><span class="mark unsure">never</span></td>`
    : html`<td class="number">${duration(time)}</td>`;

const recoveryRow = (nodes: readonly string[], recovery: Recovery): Html =>
  html`<tr><th scope="row">${isolated(visible(recovery.kind, 40))}</th><td class="number">${moment(recovery.at)}</td>${nodes.map((node) => recoveryCell(recovery.nodes[node]))}</tr>`;

const recoveryTable = (model: ReportModel): Html => {
  const { nodes, recovery } = model;
  if (recovery.length === 0)
    return html`<p class="empty">Nothing was healed, so nothing recovered.</p>`;
  const rows = recovery.slice(0, recoveriesMost).map((entry) => recoveryRow(nodes, entry));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Recovery after each heal"><table><thead><tr><th scope="col">fault</th><th scope="col" class="number">healed at</th>${nodes.map((node) => html`<th scope="col" class="number">${isolated(visible(node, 40))}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div><p class="note">Time from the heal until the first operation that succeeded on each node.</p>`;
};

const coverageList = ({ coverage, nodes, until, windows }: ReportModel): Html => {
  const kinds = Map.groupBy(windows, (window) => window.kind);
  const perKind = [...kinds].map(([kind, of]) => `${of.length} × ${visible(kind, 40)}`).join(', ');
  const share = until === 0 ? '' : `, ${percent(coverage.timeUnderFault, until)} of the run`;
  const lines: readonly (readonly [string, string])[] = [
    ['Faults', perKind === '' ? 'none' : perKind],
    [
      'Proven',
      coverage.injected === 0
        ? 'nothing to prove'
        : `${plural(coverage.verified, 'effect')} and ${plural(coverage.healed, 'heal')} of ${count(coverage.injected)} injected`,
    ],
    ['Time under fault', `${duration(coverage.timeUnderFault)}${share}`],
    ['Nodes reached', `${coverage.nodesReached.length} of ${nodes.length}`],
    [
      'Links cut at least once',
      `${coverage.pairsCut} of ${coverage.pairs} (each direction counts)`,
    ],
  ];
  return html`<dl class="facts">${lines.map(([term, says]) => html`<div><dt>${term}</dt><dd>${isolated(says)}</dd></div>`)}</dl>`;
};

/** What the controller itself added to the times; nothing for runs that did not record it. */
const timesPart = ({ run }: ReportModel): Html => {
  const { timing, seed } = run.test;
  const seeds = html`<p class="note">Seed ${String(seed)} fixes everything the tool chooses: operations, keys, values, and which fault strikes when. On a real cluster it does not fix how operations interleave, nor what the system does.</p>`;
  if (timing === undefined) return seeds;
  const distortion = distortionOf(timing);
  const { lagMaxMs, lagP99Ms, lateInvocations, invocations, lateAfterMs, strays } = timing;
  const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const lines: readonly (readonly [string, string])[] = [
    [
      'Lag of the controller',
      `${ms(lagP99Ms)} in 99 of 100 looks at most, ${ms(lagMaxMs)} at worst`,
    ],
    [
      'Late invocations',
      `${count(lateInvocations)} of ${count(invocations)} began more than ${lateAfterMs} ms after their time`,
    ],
    ...(strays === 0
      ? []
      : [['Stray errors', `${count(strays)} thrown outside of any operation`] as const]),
  ];
  const mark =
    distortion === undefined
      ? html``
      : html`<p><span class="mark unsure">distorted</span> ${isolated(distortion)}.</p>`;
  return html`<h3>Times</h3>${mark}<dl class="facts">${lines.map(([term, says]) => html`<div><dt>${term}</dt><dd>${isolated(says)}</dd></div>`)}</dl>${seeds}`;
};

/** Operation counts, fault coverage, recovery, times. */
export const meaningPart = (model: ReportModel): Html =>
  html`<section aria-labelledby="meaning"><h2 id="meaning">Did this test mean anything?</h2><h3>Operations</h3>${countTable(model)}<h3>Fault coverage</h3>${coverageList(model)}<h3>Recovery</h3>${recoveryTable(model)}${timesPart(model)}</section>`;
