// Splits a history into the parts that are independent of each other; what failed is left out.
import { usageError } from '../../base/errors.ts';
import { nemesisNumber } from '../../history/columns.ts';
import { groupPositions } from '../../history/grouping.ts';
import type { History } from '../../history/history.ts';
import type { Model } from './model.ts';
import { Part } from './strand.ts';

/**
 * Invocations of client operations, completed or not. Failed ones are left out: they certainly did not happen. Throws an
 * `OrdealError` (usage) for an operation not among `fs`.
 */
export const callsIn = (history: History, fs: readonly string[]): Int32Array => {
  const { kinds, processes, fNames } = history.columns;
  const known = fNames.map((f) => fs.includes(f));
  const starts = new Int32Array(history.length);
  let count = 0;
  for (let position = 0; position < starts.length; position++) {
    const kind = kinds[position] as number;
    if ((kind & 3) !== 0 || processes[position] === nemesisNumber) continue;
    if (known[kind >>> 2] !== true) {
      const says = `operation ${history.indexAt(position)} is a "${fNames[kind >>> 2]}"`;
      throw usageError(`${says}: the model knows ${fs.join(', ')}`);
    }
    const at = history.completionOf(position);
    if (at < 0 || history.typeAt(at) !== 'fail') starts[count++] = position;
  }
  return starts.slice(0, count);
};

/** The parts that the model says are independent, in order of first appearance; by key unless it says otherwise. */
export const partsOf = <S>(history: History, model: Model<S>): Part[] => {
  const starts = callsIn(history, model.fs);
  if (starts.length === 0) return [];
  const { partition } = model;
  const keys = history.columns.keys;
  if (partition !== undefined) {
    const whole = new Part(history, undefined, starts);
    return cut(history, starts, (place) => partition(whole.opAt(place)));
  }
  if (keys === undefined) return [new Part(history, undefined, starts)];
  return cut(history, starts, (place) => history.keyAt(starts[place] as number));
};

const cut = (
  history: History,
  starts: Int32Array,
  keyAt: (place: number) => string | number | undefined,
): Part[] =>
  Array.from(
    groupPositions(starts.length, keyAt),
    ([key, places]) =>
      new Part(
        history,
        key,
        places.map((place) => starts[place] as number),
      ),
  );
