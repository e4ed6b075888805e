// The frame of the timeline; the browser draws into it.

import { total } from '../counts.ts';
import { plural } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { type Html, html } from './markup.ts';

const toggle = (series: string, label: string): Html =>
  html`<button type="button" class="series ${series}" data-series="${series}" aria-pressed="true"><svg viewBox="0 0 12 12" aria-hidden="true">${
    {
      ok: html`<circle cx="6" cy="6" r="4"/>`,
      fail: html`<path d="M2 2l8 8m0-8l-8 8"/>`,
      info: html`<path d="M6 1.5L11 10.5H1Z"/>`,
      quantiles: html`<path d="M0 8C3 8 4 3 6 3s3 5 6 5"/>`,
    }[series]
  }</svg>${label}</button>`;

/** Fault lanes over rate and latency, one time axis; a sentence where there is nothing to draw. */
export const timelinePart = (model: ReportModel): Html => {
  const heading = html`<h2 id="timeline">Timeline</h2>`;
  if (total(model.all) === 0)
    return html`<section aria-labelledby="timeline">${heading}<p class="empty">There is no operation to draw.</p></section>`;
  const jump =
    model.witnessSpan === undefined
      ? ''
      : html`<button type="button" data-zoom="witness">Zoom to the witness</button>`;
  const about = `Rate and latency of ${plural(total(model.all), 'operation')} with ${plural(model.windows.length, 'fault window')}. The same figures stand in the tables below.`;
  return html`<section aria-labelledby="timeline" class="wide">${heading}
<div class="toolbar"><div class="legend">${toggle('ok', 'ok')}${toggle('fail', 'fail')}${toggle('info', 'info')}${toggle('quantiles', 'p50, p95, p99 of ok')}</div><div>${jump}<button type="button" data-zoom="reset" disabled>Whole run</button></div></div>
<figure id="plots" tabindex="0" aria-label="${about}" aria-describedby="plots-help">
<div id="lanes"></div>
<h3 class="axis-title">Operations a second</h3><div id="rate" class="plot"></div>
<h3 class="axis-title">Latency</h3><div id="latency" class="plot"></div>
<p id="readout" data-idle="Point at the plots to read a moment or a single operation.">Point at the plots to read a moment or a single operation.</p>
</figure>
<p class="note" id="plots-help">Drag to zoom, double-click for the whole run. With the keyboard: arrow keys move, + and − zoom, 0 shows the whole run.</p>
<noscript><p class="empty">The timeline is drawn by a script, which is switched off here.</p></noscript></section>`;
};
