// The last words of a run in the console: at most fifteen lines, from the verdict to the command that repeats it.
import type { Verdict } from '../checker/verdict.ts';
import type { Witness } from '../checker/witness.ts';
import type { RunResult } from '../contract/events.ts';
import { type Tally, total } from './counts.ts';
import { count, percent, plural, visible } from './format.ts';
import type { ReportModel } from './model.ts';
import {
  iconOf,
  type Outcome,
  outcomeOf,
  sentenceOf,
  toneOf,
  witnessOf,
  wordOf,
} from './outcome.ts';
import { type Paint, plain } from './paint.ts';

/** What the summary is made from: a live run or a stored one. */
export type SummaryData = {
  /** Absent when the run ended before it was judged. */
  readonly result?: RunResult;
  readonly operations: Tally;
  readonly faults: {
    readonly injected: number;
    readonly verified: number;
    readonly healed: number;
  };
  /** Path of `report.html`. */
  readonly report: string;
  /** The command that repeats the run, seed included. */
  readonly repeat: string;
};

const wordsMost = 4;
const checkersMost = 5;
const labelNarrowest = 12;

const paintOf = (paint: Paint, tone: Outcome['tone']) =>
  ({ good: paint.good, bad: paint.bad, unsure: paint.unsure })[tone];

const witnessLines = (witness: Witness | undefined): readonly string[] => {
  const words = witness?.words ?? [];
  const shown = words.slice(0, words.length > wordsMost ? wordsMost - 1 : wordsMost);
  const rest = words.length - shown.length;
  const more = rest > 0 ? [`… and ${plural(rest, 'step')} more in the report`] : [];
  return [...shown.map((word) => visible(word, 200)), ...more].map((text) => `  ${text}`);
};

type Entry = readonly [label: string, text: string];

/** What a checker found; a sentence that the verdict's own line has said is not said again. */
const checkerEntry = (
  name: string,
  verdict: Verdict,
  told: { why: string; paint: Paint },
): Entry => {
  const tone = toneOf(verdict);
  const said = sentenceOf(verdict);
  const head = paintOf(told.paint, tone)(`${iconOf(tone)} ${wordOf(verdict)}`);
  const isNew = said !== undefined && !told.why.toLowerCase().includes(said.toLowerCase());
  return [visible(name, 30), isNew ? `${head}  ${visible(said, 160)}` : head];
};

const checkerEntries = (
  result: RunResult | undefined,
  told: { why: string; paint: Paint },
): readonly Entry[] => {
  const order = { bad: 0, unsure: 1, good: 2 };
  const all = Object.entries(result?.checkers ?? {}).toSorted(
    ([, a], [, b]) => order[toneOf(a)] - order[toneOf(b)],
  );
  const shown = all.slice(0, all.length > checkersMost ? checkersMost - 1 : checkersMost);
  const rest = all.length - shown.length;
  const entries = shown.map(([name, verdict]) => checkerEntry(name, verdict, told));
  return rest > 0 ? [...entries, ['', `and ${plural(rest, 'more checker')}`]] : entries;
};

const operationsLine = (tally: Tally): string => {
  const all = total(tally);
  if (all === 0) return 'none';
  const parts = [`${count(tally.ok)} ok`, `${count(tally.fail)} fail`, `${count(tally.info)} info`];
  return `${count(all)}: ${parts.join(', ')} (${percent(tally.ok, all)} ok)`;
};

const faultsLine = ({ injected, verified, healed }: SummaryData['faults']): string =>
  injected === 0
    ? 'none'
    : `${count(injected)} injected, ${count(verified)} proven in effect, ${count(healed)} proven healed`;

/** The summary, at most fifteen lines: first the verdict and why, last the command that repeats the run. */
export const summaryLines = (data: SummaryData, paint: Paint = plain): readonly string[] => {
  const { word, tone, icon, why } = outcomeOf(data.result);
  const entries: readonly Entry[] = [
    ...checkerEntries(data.result, { why, paint }),
    ['operations', operationsLine(data.operations)],
    ['faults', faultsLine(data.faults)],
    ['report', visible(data.report, 4096)],
    ['repeat', visible(data.repeat, 8192)],
  ];
  const width = Math.max(labelNarrowest, ...entries.map(([label]) => label.length + 2));
  return [
    `${paintOf(paint, tone)(paint.bold(`${icon} ${word}`))}  ${why}`,
    ...witnessLines(witnessOf(data.result)),
    ...entries.map(([label, text]) => `${paint.dim(label.padEnd(width))}${text}`),
  ];
};

/** The summary of a stored run. */
export const summaryOf = (model: ReportModel, report: string): SummaryData => ({
  ...(model.run.result === undefined ? {} : { result: model.run.result }),
  operations: model.all,
  faults: model.coverage,
  report,
  repeat: model.run.test.repeat,
});
