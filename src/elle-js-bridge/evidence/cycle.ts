// Turns cycles of numbers into evidence: operations, and a reason for every step.
import type { FoundCycle, FoundExists } from '../cycles/analyze.ts';
import { bits } from '../graph/relations.ts';
import type { Source } from '../history/source.ts';
import type { Transactions } from '../history/transactions.ts';
import type { Cycle, CycleExists, Step } from '../result.ts';

/** Explains one data relation between two transactions. */
export type Explain = (pair: { readonly a: number; readonly b: number }, bit: number) => Step;

export type Evidence = {
  readonly source: Source;
  readonly txns: Transactions;
  readonly explain: Explain;
};

const realtimeStep = ({ source, txns }: Evidence, a: number, b: number): Step => {
  const completed = source.op(txns.position[a]!);
  const invoked = source.op(txns.invokedAt[b]!);
  const elapsed = (invoked.time ?? -1) - (completed.time ?? -1);
  return { type: 'realtime', completed, invoked, elapsed };
};

const stepOf = (evidence: Evidence, [a, b]: readonly [number, number], bit: number): Step => {
  if (bit === bits.realtime) return realtimeStep(evidence, a, b);
  if (bit === bits.process) return { type: 'process', process: evidence.txns.process[a]! };
  return evidence.explain({ a, b }, bit);
};

/** A cycle as it is shown: it starts with its rw step where it has one. */
export const describeCycle = (evidence: Evidence, found: FoundCycle): Cycle => {
  const { txns, relations, shortest, type } = found;
  const pairs = txns.map((txn, i) => [txn, txns[(i + 1) % txns.length]!] as const);
  return {
    type,
    cycle: [...txns, txns[0]!].map((txn) => evidence.source.op(evidence.txns.position[txn]!)),
    steps: pairs.map((pair, i) => stepOf(evidence, pair, relations[i]!)),
    shortest,
  };
};

export const describeExists = ({ txns }: Evidence, found: FoundExists): CycleExists => ({
  type: found.type,
  not: found.not,
  size: found.txns.length,
  positions: found.txns.map((txn) => txns.position[txn]!),
});
