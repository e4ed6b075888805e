// Anomalies in words, in Elle's manner: who is who, then why each comes before the next, then the contradiction.

import { ednOf } from '../edn/writer.ts';
import type { ListValue, Scalar, TxnOp } from '../op.ts';
import type { Anomaly, Cycle, CycleExists, Finding, Step } from '../result.ts';

/** Cycles have steps; other anomalies do not. */
export const isCycle = (anomaly: Anomaly): anomaly is Cycle => 'steps' in anomaly;
const isExists = (anomaly: Anomaly): anomaly is CycleExists => 'positions' in anomaly;

const second = 1e9;

const valueText = (value: Scalar | ListValue | undefined): string => ednOf(value ?? null);

const mopOf = (op: TxnOp, index: number | undefined): readonly unknown[] =>
  index === undefined ? [] : ((op.value[index] ?? []) as readonly unknown[]);

/** Whether a step is about lists: then a write is an append. */
const isAboutLists = (a: TxnOp, b: TxnOp, step: Step): boolean =>
  mopOf(a, step.mopIndex)[0] === 'append' || mopOf(b, step.nextMopIndex)[0] === 'append';

type Names = { readonly a: string; readonly b: string };

const listReason = (step: Step, { a, b }: Names): string => {
  const key = ednOf(step.key ?? null);
  const [value, next] = [valueText(step.value), valueText(step.nextValue)];
  if (step.type === 'ww') return `${b} appended ${next} after ${a} appended ${value} to ${key}`;
  if (step.type === 'wr') return `${b} observed ${a}'s append of ${value} to key ${key}`;
  return step.value === null
    ? `${a} observed the initial (nil) state of ${key}, which ${b} created by appending ${next}`
    : `${a} did not observe ${b}'s append of ${next} to ${key}`;
};

const registerReason = (step: Step, { a, b }: Names): string => {
  const key = ednOf(step.key ?? null);
  const [value, next] = [valueText(step.value), valueText(step.nextValue)];
  const later = `and ${b} set it to ${next}, which came later in the version order`;
  if (step.type === 'ww') return `${a} set key ${key} to ${value}, ${later}`;
  if (step.type === 'wr') return `${a} wrote ${key} = ${value}, which was read by ${b}`;
  return `${a} read key ${key} = ${value}, ${later}`;
};

const realtimeReason = (step: Step, { a, b }: Names): string => {
  const [from, to] = [step.completed?.index, step.invoked?.index];
  const elapsed = step.elapsed ?? 0;
  const gap = elapsed > 0 ? `, ${(elapsed / second).toFixed(3)} seconds` : ', just';
  return `${a} completed at index ${from}${gap} before the invocation of ${b}, at index ${to}`;
};

/** Why the first transaction of a step comes before the second. */
export const stepReason = (cycle: Cycle, at: number, names: Names): string => {
  const step = cycle.steps[at]!;
  if (step.type === 'realtime') return realtimeReason(step, names);
  if (step.type === 'process')
    return `process ${step.process} executed ${names.a} before ${names.b}`;
  const [a, b] = [cycle.cycle[at]!, cycle.cycle[at + 1]!];
  return isAboutLists(a, b, step) ? listReason(step, names) : registerReason(step, names);
};

/** One operation in a line. */
export const opLine = (op: TxnOp): string => ednOf({ ...op, f: op.f ?? 'txn' });

const cycleText = (cycle: Cycle, title: string): string => {
  const ops = cycle.cycle.slice(0, -1);
  const nameOf = (at: number): string => `T${(at % ops.length) + 1}`;
  const lets = ops.map((op, i) => `  ${nameOf(i)} = ${opLine(op)}`);
  const thens = cycle.steps.map((_, i) => {
    const names = { a: nameOf(i), b: nameOf(i + 1) };
    const reason = stepReason(cycle, i, names);
    const isLast = i === cycle.steps.length - 1;
    const lead = isLast ? '  - However, ' : '  - ';
    return `${lead}${names.a} < ${names.b}, because ${reason}${isLast ? ': a contradiction!' : '.'}`;
  });
  return [title, 'Let:', ...lets, '', 'Then:', ...thens].join('\n');
};

const findingText = (finding: Finding, title: string): string => {
  const details = Object.entries(finding).map(([name, value]) => `  ${name}: ${ednOf(value)}`);
  return [title, ...details].join('\n');
};

/** All anomalies of one type in words, apart by an empty line. */
export const explainAnomalies = (type: string, anomalies: readonly Anomaly[]): string =>
  anomalies
    .map((anomaly, i) => {
      const title = `${type} #${i}`;
      if (isCycle(anomaly)) return cycleText(anomaly, title);
      if (isExists(anomaly))
        return `${title}\n  a cycle among ${anomaly.size} transactions rules out ${anomaly.not}`;
      return findingText(anomaly, title);
    })
    .join('\n\n');
