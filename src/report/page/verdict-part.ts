// The first screen: the answer in a word and a sentence, the figures that qualify it, and how to repeat the run.

import { total } from '../counts.ts';
import { count, duration, percent, plural, visible } from '../format.ts';
import { meansLittle, type ReportModel } from '../model.ts';
import type { Outcome } from '../outcome.ts';
import { type Html, html, isolated } from './markup.ts';

const shapes: { readonly [tone in Outcome['tone']]: Html } = {
  good: html`<path d="M13 25.5l7.5 7.5L35.5 16.5"/>`,
  bad: html`<path d="M15.5 15.5l17 17m0-17l-17 17"/>`,
  unsure: html`<path d="M24 12v15.5m0 7v1.5"/>`,
};

/** A disc with a tick, a cross or an exclamation mark: it says the verdict without colour. */
export const verdictIcon = (tone: Outcome['tone']): Html =>
  html`<svg class="icon ${tone}" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="23"/>${shapes[tone]}</svg>`;

const worstRecovery = (model: ReportModel): number | undefined => {
  const times = model.recovery
    .flatMap((recovery) => Object.values(recovery.nodes))
    .filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
};

const figure = (label: string, value: string, note: string): Html =>
  html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`;

const figures = (model: ReportModel): Html => {
  const { all, coverage, until } = model;
  const recovery = worstRecovery(model);
  const hasFaults = coverage.injected > 0;
  return html`<dl class="figures">${[
    figure('Operations', count(total(all)), `in ${duration(until)}`),
    figure(
      'Succeeded',
      percent(all.ok, total(all)),
      `${count(all.fail)} failed, ${count(all.info)} unknown`,
    ),
    figure(
      'Faults',
      count(coverage.injected),
      hasFaults
        ? `${count(coverage.verified)} proven, ${count(coverage.healed)} proven healed`
        : 'nothing was broken',
    ),
    figure(
      'Time under fault',
      percent(coverage.timeUnderFault, until),
      duration(coverage.timeUnderFault),
    ),
    figure(
      'Slowest recovery',
      recovery === undefined ? '–' : duration(recovery),
      recovery === undefined ? 'nothing to recover from' : 'to a node’s first success',
    ),
  ]}</dl>`;
};

const startedAt = (iso: string): string =>
  visible(iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'), 40);

/** What ran against what, in one line. */
const subtitle = ({ run: { test }, nodes }: ReportModel): Html => {
  const nemeses = test.nemeses.length === 0 ? 'no faults' : test.nemeses.join(' + ');
  const parts = [
    `${test.workload} under ${nemeses}`,
    `${test.system.name} ${test.system.version}, ${plural(nodes.length, 'node')}`,
    `seed ${test.seed}`,
  ];
  return html`<p class="subtitle">${parts.map((part) => html`<span>${isolated(visible(part, 200))}</span>`)}<span><time datetime="${test.startedAt}">${startedAt(test.startedAt)}</time></span></p>`;
};

/** The verdict, why, and the figures that qualify it. */
export const verdictPart = (model: ReportModel): Html => {
  const { word, tone, why } = model.outcome;
  const little = meansLittle(model);
  const cautions = [
    ...model.run.unread.map((text) => visible(text)),
    ...(little === undefined ? [] : [little]),
  ];
  return html`<header class="verdict ${tone}">
<p class="brand"><b>Ordeal</b> <span>${isolated(visible(model.run.test.name, 120))}</span></p>
<h1>${verdictIcon(tone)}<span>${word}</span></h1>
<p class="why">${isolated(why)}</p>
${cautions.map((caution) => html`<p class="caution">${isolated(caution)}</p>`)}
${subtitle(model)}
${figures(model)}
</header>`;
};

/** The command that repeats the run, with a button that copies it. */
export const reproducePart = ({ run: { test, folder, result } }: ReportModel): Html => {
  const box = (id: string, command: string): Html =>
    html`<div class="command"><code id="${id}" tabindex="0">${visible(command, 8192)}</code><button type="button" data-copy="${id}">Copy</button></div>`;
  const again =
    result === undefined
      ? html`<p>Judge the history that was recorded:</p>${box('check', `ordeal check ${folder}`)}<p>Repeat the run:</p>`
      : '';
  return html`<section class="reproduce" aria-labelledby="reproduce"><h2 id="reproduce">Reproduce</h2>${again}${box('repeat', test.repeat)}<p class="note">The seed fixes what is offered: operations, values, faults, targets and their order. It does not fix how real nodes and networks interleave them, so a rare violation may need several tries.</p></section>`;
};
