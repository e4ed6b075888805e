// The smallest witness: the story in words, and the picture.
import { visible } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { type Html, html, isolated } from './markup.ts';
import { witnessPicture } from './witness-picture.ts';

const bandsMost = 4;

const legend = html`<ul class="legend witness-legend">
<li><svg viewBox="0 0 30 14" width="30" height="14" aria-hidden="true"><g class="op ok"><rect x="1" y="1" width="28" height="12" rx="4"/></g></svg>from invocation to completion</li>
<li><svg viewBox="0 0 30 14" width="30" height="14" aria-hidden="true"><g class="op open"><path d="M4 1H22L29 7L22 13H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3Z"/></g></svg>may still take effect</li>
<li><svg viewBox="0 0 30 14" width="30" height="14" aria-hidden="true"><g class="op culprit"><rect x="1" y="1" width="28" height="12" rx="4"/></g></svg>✗ cannot be explained</li>
<li><svg viewBox="0 0 30 14" width="30" height="14" aria-hidden="true"><g class="band"><rect x="0" y="0" width="30" height="14"/></g></svg>a fault was active</li>
</ul>`;

/** The witness, when there is one; nothing otherwise. */
export const witnessPart = (model: ReportModel): Html => {
  const { witness } = model;
  if (witness === undefined) return html``;
  // The first screen has said it already, as a rule.
  const title = visible(witness.title, 300);
  const lead =
    !model.outcome.why.toLowerCase().includes(title.toLowerCase().replace(/\.$/, '')) &&
    html`<p class="lead">${isolated(title)}</p>`;
  const key =
    witness.key === undefined
      ? ''
      : html` <span class="tag">key ${isolated(visible(String(witness.key), 60))}</span>`;
  const words = witness.words
    .slice(0, 12)
    .map((word) => html`<li>${isolated(visible(word, 400))}</li>`);
  const picture = witnessPicture({
    witness,
    windows: model.brokenThen.slice(0, bandsMost),
    nodeOf: model.nodeOf,
  });
  const figure =
    witness.ops.length === 0
      ? ''
      : html`<figure><div class="scroll" tabindex="0" role="region" aria-label="Picture of the witness">${picture}</div><figcaption>${legend}<p class="note">The order of all beginnings and ends is true; distances are not to scale.</p></figcaption></figure>`;
  return html`<section aria-labelledby="witness"><h2 id="witness">The smallest witness${key}</h2>${lead}<ol class="story">${words}</ol>${figure}</section>`;
};
