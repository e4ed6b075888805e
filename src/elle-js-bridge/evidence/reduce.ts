// A smaller history with the same anomaly: drops transactions as long as the anomaly stays.
import { check } from '../check.ts';
import type { TxnOp } from '../op.ts';
import type { CheckOptions } from '../options.ts';

export type ReduceOptions = {
  readonly check: CheckOptions;
  /** The anomaly to keep. */
  readonly anomaly: string;
  /** Operations that may be checked in all, over all attempts; 2 million by default. */
  readonly work?: number;
};

const defaultWork = 2_000_000;

/** An invocation and its completion, dropped or kept together. */
type Unit = readonly TxnOp[];

const unitsOf = (history: readonly TxnOp[]): Unit[] => {
  const open = new Map<unknown, TxnOp[]>();
  const units: TxnOp[][] = [];
  for (const op of history) {
    const unit = open.get(op.process);
    if (op.type !== 'invoke' && unit) {
      unit.push(op);
      open.delete(op.process);
      continue;
    }
    units.push([op]);
    if (op.type === 'invoke') open.set(op.process, units.at(-1)!);
  }
  return units;
};

/** Operations of the units in their old order. */
const historyOf = (units: readonly Unit[], position: ReadonlyMap<TxnOp, number>): TxnOp[] =>
  units.flat().sort((a, b) => position.get(a)! - position.get(b)!);

/**
 * Halves, quarters and so on down to single transactions are left out in turn (delta debugging).
 * The result shows the anomaly, and is the whole history when that does not.
 */
export const reduceHistory = (history: readonly TxnOp[], options: ReduceOptions): TxnOp[] => {
  const indexed = history.map((op, i) => ({ ...op, index: op.index ?? i }));
  const position = new Map(indexed.map((op, i) => [op, i]));
  let work = options.work ?? defaultWork;
  const shows = (units: readonly Unit[]): boolean => {
    const ops = historyOf(units, position);
    work -= ops.length;
    return check(ops, options.check).anomalyTypes.includes(options.anomaly);
  };
  let units = unitsOf(indexed);
  if (!shows(units)) return indexed;
  for (
    let size = Math.ceil(units.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  )
    for (let at = 0; at < units.length && work > 0; ) {
      const fewer = [...units.slice(0, at), ...units.slice(at + size)];
      if (shows(fewer)) units = fewer;
      else at += size;
    }
  return historyOf(units, position);
};
