// The checkers, worst first, each with its evidence to unfold.
import type { Verdict } from '../../checker/verdict.ts';
import { showEvidence, visible } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { sentenceOf, toneOf, wordOf } from '../outcome.ts';
import { type Html, html, isolated } from './markup.ts';
import { verdictIcon } from './verdict-part.ts';

const order = { bad: 0, unsure: 1, good: 2 };

const checker = ([name, verdict]: readonly [string, Verdict]): Html => {
  const tone = toneOf(verdict);
  const { valid: _, ...evidence } = verdict;
  const said = sentenceOf(verdict);
  const body =
    Object.keys(evidence).length === 0
      ? html`<p class="empty">No evidence beyond the verdict.</p>`
      : html`<pre tabindex="0">${showEvidence(evidence)}</pre>`;
  return html`<details class="checker"><summary>${verdictIcon(tone)}<b>${isolated(visible(name, 60))}</b><span class="mark ${tone}">${wordOf(verdict)}</span><span class="said">${said !== undefined && isolated(said)}</span></summary>${body}</details>`;
};

/** One line for each checker; evidence unfolds. */
export const checkersPart = (model: ReportModel): Html => {
  const checkers = Object.entries(model.run.result?.checkers ?? {}).toSorted(
    ([, a], [, b]) => order[toneOf(a)] - order[toneOf(b)],
  );
  const body =
    checkers.length === 0
      ? html`<p class="empty">No checker has judged this run.</p>`
      : checkers.map(checker);
  return html`<section aria-labelledby="checkers"><h2 id="checkers">Checkers</h2>${body}</section>`;
};
