// What the page's script draws from: operations as columns, deltas where numbers grow, in one JSON value.
import type { OpType } from '../history/op.ts';
import { faultWords } from './fault-words.ts';
import { visible } from './format.ts';
import type { ReportModel } from './model.ts';
import { operationLabel } from './operation-label.ts';
import type { Operation } from './operations.ts';
import type { Quantiles, Rates } from './series.ts';

/** Types by their digit in the `types` column. */
export const typeDigits: readonly OpType[] = ['ok', 'fail', 'info', 'invoke'];

/** Operations in order of their start. Times are whole microseconds: starts as differences, −1 where no end is known. */
export type OperationColumns = {
  readonly starts: readonly number[];
  readonly latencies: readonly number[];
  /** A digit an operation, an index into `typeDigits`. */
  readonly types: string;
  readonly processes: readonly number[];
  /** One label a line. */
  readonly labels: string;
  /** How many operations there are; more than are here when they were thinned out. */
  readonly total: number;
};

/** Everything the page's script needs; times are nanoseconds since the run began unless said otherwise. */
export type PageData = {
  readonly version: 1;
  readonly until: number;
  readonly nodes: readonly string[];
  readonly concurrency: number;
  readonly operations: OperationColumns;
  readonly rates: Rates;
  readonly quantiles: Quantiles;
  readonly windows: readonly {
    /** Kind and what it does, in full. */
    readonly words: string;
    readonly kind: string;
    readonly says: string;
    readonly start: number;
    readonly end?: number;
  }[];
  readonly witness?: { readonly start: number; readonly end: number };
  readonly logs: readonly string[];
};

/** More operations than this are thinned out before they are embedded. */
export const embeddedMost = 150_000;
const thinColumns = 3_000;
const thinRows = 160;

const latencyOf = ({ start, end }: Operation): number => (end === undefined ? -1 : end - start);

/** One operation for each cell of time × log latency × type, so that every extreme is still there. */
const thinOut = (operations: readonly Operation[], until: number): readonly Operation[] => {
  const taken = new Set<number>();
  return operations.filter((operation) => {
    const column = Math.floor((operation.start / Math.max(1, until)) * thinColumns);
    const row = Math.floor(Math.log10(Math.max(1, latencyOf(operation))) * (thinRows / 12));
    const cell = (column * thinRows + row) * 4 + typeDigits.indexOf(operation.type);
    if (taken.has(cell)) return false;
    taken.add(cell);
    return true;
  });
};

const labelOf = (operation: Operation): string => {
  const key = operation.key === undefined ? '' : `key ${visible(String(operation.key), 20)}: `;
  const code = operation.error?.[0];
  const error = code === undefined ? '' : ` (${visible(String(code), 30)})`;
  return `${key}${operationLabel(operation, 32)}${error}`;
};

const columnsOf = (all: readonly Operation[], until: number): OperationColumns => {
  const kept = all.length > embeddedMost ? thinOut(all, until) : all;
  // Ordered by start already, since a history is ordered by time; a broken one must not break the page.
  const micros = kept.map(({ start }) => Math.round(start / 1e3));
  return {
    starts: micros.map((at, i) => at - (micros[i - 1] ?? 0)),
    latencies: kept.map((operation) => {
      const latency = latencyOf(operation);
      return latency < 0 ? -1 : Math.max(1, Math.round(latency / 1e3));
    }),
    types: kept.map(({ type }) => typeDigits.indexOf(type)).join(''),
    processes: kept.map(({ process }) => process),
    labels: kept.map(labelOf).join('\n'),
    total: all.length,
  };
};

const short = (values: readonly (number | null)[]): readonly (number | null)[] =>
  values.map((value) => (value === null ? null : Math.round(value * 100) / 100));

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are what it looks for
const colourCodes = /\u001b\[[0-9;]*m/g;

/** A log without colour codes, and with whatever hides or reorders text shown as it is. */
const readable = (text: string): string =>
  text
    .replace(colourCodes, '')
    .replaceAll('\t', '  ')
    .split(/\r?\n/)
    .map((line) => visible(line, 2_000))
    .join('\n');

/** The page's data of a run. */
export const pageDataOf = (model: ReportModel): PageData => ({
  version: 1,
  until: model.until,
  nodes: model.nodes.map((node) => visible(node, 40)),
  concurrency: model.run.test.concurrency,
  operations: columnsOf(model.operations, model.until),
  rates: {
    width: model.rates.width,
    ok: short(model.rates.ok) as number[], // no null goes in
    fail: short(model.rates.fail) as number[],
    info: short(model.rates.info) as number[],
  },
  quantiles: model.quantiles,
  windows: model.windows.map((window) => ({
    words: faultWords(window),
    kind: visible(window.kind, 40),
    says: visible(window.says, 120),
    start: window.start,
    ...(window.end === undefined ? {} : { end: window.end }),
  })),
  ...(model.witnessSpan === undefined ? {} : { witness: model.witnessSpan }),
  logs: model.run.logs.map(({ tail }) => readable(tail)),
});
