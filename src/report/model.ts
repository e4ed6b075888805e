// Everything the report says about a run, as plain figures: made once from the run folder, drawn by the page.
import type { Witness } from '../checker/witness.ts';
import { add, type CountRow, countsOf, sumOf, type Tally, total } from './counts.ts';
import { type Operation, operationsOf } from './operations.ts';
import { type Outcome, outcomeOf, witnessOf } from './outcome.ts';
import {
  type Coverage,
  coverageOf,
  type NodeOf,
  nodeOfProcess,
  type Recovery,
  recoveryOf,
} from './recovery.ts';
import type { RunData } from './run-data.ts';
import { type Quantiles, quantilesOf, type Rates, ratesOf } from './series.ts';
import { activeDuring, type FaultWindow, mergeWindows, type Span, windowsOf } from './windows.ts';

export type ReportModel = {
  readonly run: RunData;
  readonly outcome: Outcome;
  readonly witness?: Witness;
  readonly nodes: readonly string[];
  readonly nodeOf: NodeOf;
  readonly operations: readonly Operation[];
  /** The last moment anything was recorded, nanoseconds since the run began. */
  readonly until: number;
  readonly windows: readonly FaultWindow[];
  /** From the witness' first invocation to the end of its last completed operation. */
  readonly witnessSpan?: Span;
  /** The faults that were active during the witness. */
  readonly brokenThen: readonly FaultWindow[];
  readonly counts: readonly CountRow[];
  readonly inside: Tally;
  readonly outside: Tally;
  readonly all: Tally;
  readonly recovery: readonly Recovery[];
  readonly coverage: Coverage;
  readonly rates: Rates;
  readonly quantiles: Quantiles;
};

const lastTime = (run: RunData): number => {
  let last = 0;
  for (const op of run.history) if (op.time > last) last = op.time;
  for (const entry of run.ledger) if (entry.type !== 'run' && entry.time > last) last = entry.time;
  return last;
};

/** The stretch of time a witness tells about; its open ends count as their beginnings. */
export const spanOfWitness = (witness: Witness): Span => {
  const starts = witness.ops.map((op) => op.start);
  const ends = witness.ops.map((op) => op.end ?? op.start);
  return { start: Math.min(...starts), end: Math.max(...ends) };
};

const witnessPart = (
  run: RunData,
  windows: readonly FaultWindow[],
): Pick<ReportModel, 'witness' | 'witnessSpan' | 'brokenThen'> => {
  const witness = witnessOf(run.result);
  if (witness === undefined || witness.ops.length === 0)
    return { ...(witness === undefined ? {} : { witness }), brokenThen: [] };
  const witnessSpan = spanOfWitness(witness);
  return { witness, witnessSpan, brokenThen: activeDuring(windows, witnessSpan) };
};

/** Works out every figure of the report. Pure. */
export const modelOf = (run: RunData): ReportModel => {
  const nodes = run.test.nodes.map((node) => node.name);
  const operations = operationsOf(run.history);
  const until = lastTime(run);
  const windows = windowsOf({
    history: run.history,
    ledger: run.ledger,
    bands: run.test.bands,
    nodes,
  });
  const nodeOf = nodeOfProcess(nodes, run.test.concurrency);
  const counts = countsOf(operations, mergeWindows(windows, Number.POSITIVE_INFINITY));
  const { inside, outside } = sumOf(counts);
  return {
    run,
    outcome: outcomeOf(run.result),
    ...witnessPart(run, windows),
    nodes,
    nodeOf,
    operations,
    until,
    windows,
    counts,
    inside,
    outside,
    all: add(inside, outside),
    recovery: recoveryOf({ operations, windows, nodes, nodeOf }),
    coverage: coverageOf(windows, nodes, until),
    rates: ratesOf(operations, until),
    quantiles: quantilesOf(operations, until),
  };
};

/** Whether the run proves little whatever its verdict: nothing succeeded, or nothing was tried. */
export const meansLittle = (model: ReportModel): string | undefined => {
  if (total(model.all) === 0)
    return 'No operation was tried: this run says nothing about the system.';
  if (model.all.ok === 0) return 'No operation succeeded: this run says nothing about the system.';
  if (model.run.test.nemeses.length > 0 && model.coverage.injected === 0)
    return 'No fault was injected: this run says nothing about faults.';
  if (model.coverage.injected > 0 && total(model.inside) === 0)
    return 'No operation ran while a fault was active: this run says nothing about faults.';
  return undefined;
};
