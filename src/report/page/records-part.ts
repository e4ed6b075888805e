// The rest of the record: node logs (filled in by the browser), options, plan and environment.
import { count, plural, visible } from '../format.ts';
import type { ReportModel } from '../model.ts';
import { type Html, html, isolated } from './markup.ts';

const size = (bytes: number): string =>
  bytes < 10_240 ? `${count(bytes)} bytes` : `${count(bytes / 1024)} KiB`;

/** One fold for each log file; its text is inflated when it is opened. */
export const logsPart = ({ run: { logs } }: ReportModel): Html => {
  const one = ({ node, file, tail, bytes }: (typeof logs)[number], i: number): Html => {
    const shown = Buffer.byteLength(tail);
    const part = shown < bytes ? `the last ${size(shown)} of ${size(bytes)}` : size(bytes);
    return html`<details class="log"><summary><b>${isolated(visible(node, 40))}</b> <span>${isolated(visible(file, 120))}</span> <small>${part}</small></summary><pre tabindex="0" data-log="${i}">This text is unpacked by the page’s script.</pre></details>`;
  };
  const body =
    logs.length === 0
      ? html`<p class="empty">No logs were fetched from the nodes.</p>`
      : logs.map(one);
  return html`<section aria-labelledby="logs"><h2 id="logs">Node logs</h2>${body}</section>`;
};

type Fact = readonly [term: string, says: string];

const factList = (title: string, facts: readonly Fact[]): Html =>
  html`<div><h3>${title}</h3><dl class="facts">${facts.map(([term, says]) => html`<div><dt>${isolated(visible(term, 60))}</dt><dd>${isolated(visible(says, 300))}</dd></div>`)}</dl></div>`;

/** Options, plan, environment, and what repeating the run will and will not repeat. */
export const environmentPart = ({ run: { test, folder }, until }: ReportModel): Html => {
  const { environment } = test;
  const plan: readonly Fact[] = [
    ['Workload', test.workload],
    ['Nemeses', test.nemeses.join(', ') || 'none'],
    ['System', `${test.system.name} ${test.system.version}`],
    ['Cluster', `${test.cluster.kind} ${test.cluster.name}`],
    ['Nodes', test.nodes.map(({ name, address }) => `${name} ${address}`).join(', ')],
    [
      'Clients',
      `${plural(test.concurrency, 'thread')}; thread i talks to node i mod ${test.nodes.length}`,
    ],
    ['Time limit', `${test.timeLimitSeconds} s, recorded ${(until / 1e9).toFixed(1)} s`],
    ['Seed', String(test.seed)],
  ];
  const machine: readonly Fact[] = [
    [
      'Ordeal',
      `${environment.ordeal}${environment.commit === undefined ? '' : ` (${environment.commit})`}`,
    ],
    ['Node.js', environment.node],
    ['Kernel', environment.kernel],
    ['Processors', String(environment.cpus)],
    ['Memory', `${count(environment.memoryMiB)} MiB`],
    ['Started', test.startedAt],
    ['Folder', folder],
  ];
  const options = Object.entries(test.options).map(
    ([name, value]) => [`--${name}`, String(value)] as const,
  );
  return html`<section aria-labelledby="environment"><h2 id="environment">Plan and environment</h2><div class="columns">${factList('Plan', plan)}${factList('Options', options)}${factList('Environment', machine)}</div></section>`;
};
