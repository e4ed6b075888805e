// The whole report as one HTML file: words and tables written here, data for the plots packed inside, nothing fetched.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { pageDataOf } from '../columns.ts';
import { visible } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { bundle } from './bundle.ts';
import { checkersPart } from './checkers-part.ts';
import { faultsPart } from './faults-part.ts';
import { type Html, html, trusted } from './markup.ts';
import { meaningPart } from './meaning-part.ts';
import { environmentPart, logsPart } from './records-part.ts';
import { timelinePart } from './timeline-part.ts';
import { reproducePart, verdictPart } from './verdict-part.ts';
import { witnessPart } from './witness-part.ts';

const requireHere = createRequire(import.meta.url);
const assets = join(import.meta.dirname, '../assets');

/** Scripts and style sheet of every page; the same for all, so read and bundled once. */
type Furniture = {
  readonly scripts: readonly string[];
  readonly style: string;
  readonly template: string;
};
let furniture: Furniture | undefined;

const entryScript = (): string => {
  const source = join(import.meta.dirname, '../browser/main.ts');
  return existsSync(source) ? source : source.replace(/\.ts$/, '.js'); // as published, types are gone already
};

const readFurniture = (): Furniture => {
  const chart = requireHere.resolve('uplot/dist/uPlot.iife.min.js');
  const chartStyle = requireHere.resolve('uplot/dist/uPlot.min.css');
  return {
    scripts: [readFileSync(chart, 'utf8').trim(), bundle(entryScript())],
    style: [chartStyle, join(assets, 'page.css'), join(assets, 'figures.css')]
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n'),
    template: readFileSync(join(assets, 'page.html'), 'utf8'),
  };
};

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Only what this file carries may run or style: by hash, and nothing may be fetched or sent. */
const policyOf = ({ scripts, style }: Furniture): string =>
  [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(' ')}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

const links = (model: ReportModel): Html => {
  const parts: readonly (readonly [string, string, boolean])[] = [
    ['witness', 'Witness', model.witness !== undefined],
    ['faults', 'Faults', true],
    ['timeline', 'Timeline', true],
    ['checkers', 'Checkers', true],
    ['meaning', 'Meaning', true],
    ['logs', 'Logs', true],
    ['environment', 'Environment', true],
  ];
  return html`<nav aria-label="Parts of this report">${parts
    .filter(([, , isThere]) => isThere)
    .map(([id, name]) => html`<a href="#${id}">${name}</a>`)}</nav>`;
};

const bodyOf = (model: ReportModel): Html =>
  html`${verdictPart(model)}
${reproducePart(model)}
${links(model)}
${witnessPart(model)}
${faultsPart(model)}
${timelinePart(model)}
${checkersPart(model)}
${meaningPart(model)}
${logsPart(model)}
${environmentPart(model)}`;

/** Browsers would round integers beyond 2^53: there they are texts. */
const withoutBigints = (_name: string, part: unknown): unknown =>
  typeof part === 'bigint' ? String(part) : part;

const pack = (data: unknown): string =>
  deflateRawSync(JSON.stringify(data, withoutBigints), { level: 6 }).toString('base64');

const slots = /<!-- \{(\w+)\} -->/g;

/** The report of a run as one HTML document. */
export const pageOf = (model: ReportModel): string => {
  furniture ??= readFurniture();
  const { word, why } = model.outcome;
  const title = `${word} · ${visible(model.run.test.name, 80)} · seed ${model.run.test.seed}`;
  const parts: { readonly [slot: string]: Html } = {
    policy: html`<meta http-equiv="Content-Security-Policy" content="${policyOf(furniture)}">`,
    title: html`<title>${title}</title>\n<meta name="description" content="${why}">`,
    style: html`<style>${trusted(furniture.style)}</style>`,
    body: bodyOf(model),
    data: html`<template id="data">${pack(pageDataOf(model))}</template>`,
    scripts: html`${furniture.scripts.map((script) => html`<script>${trusted(script)}</script>`)}`,
  };
  return furniture.template.replace(slots, (_, slot: string) => parts[slot]?.text ?? '');
};
