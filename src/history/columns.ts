// A history as columns: one typed array for each field, names and values by number.
import { assert } from '../base/assert.ts';
import type { Op, OpType, Process } from './op.ts';

/** Types by their number in `Columns.kinds`. */
export const types = ['invoke', 'ok', 'fail', 'info'] as const satisfies readonly OpType[];
const typeNumbers: { readonly [type in OpType]: number } = { invoke: 0, ok: 1, fail: 2, info: 3 };
export const typeNumber = (type: OpType): number => typeNumbers[type];

/** The nemesis in `Columns.processes`; numbers below it stand for processes beyond 2^31. */
export const nemesisNumber = -1;
const int32Max = 2 ** 31 - 1;

/** Every field of every operation by position. Only `length` entries of an array count. */
export type Columns = {
  readonly length: number;
  /** Nanoseconds. */
  readonly times: Float64Array;
  /** Process numbers; −1 is the nemesis, −2 − i is `largeProcesses[i]`. */
  readonly processes: Int32Array;
  /** Number of the `f` × 4 + number of the type. */
  readonly kinds: Int32Array;
  /** Number of the key, −1 without; absent when no operation has one. */
  readonly keys: Int32Array | undefined;
  /** Absent when indices are positions. */
  readonly indices: Float64Array | undefined;
  readonly fNames: readonly string[];
  readonly keyNames: readonly (string | number)[];
  readonly largeProcesses: readonly number[];
  /** The whole operation; the same object at every call when the columns were made from objects. */
  readonly opAt: (position: number) => Op;
  readonly valueAt: (position: number) => unknown;
  /** What `valueAt` decodes, and error with further fields, as JSON; when the columns were made from text. */
  readonly textsAt?: (position: number) => {
    readonly value: string;
    readonly rest: string | undefined;
  };
  /** The operations, when they were objects first. */
  readonly ops?: readonly Op[];
};

/** Names by number, in order of first appearance. */
export class Names<T extends string | number> {
  readonly list: T[] = [];
  readonly #numbers = new Map<T, number>();

  numberOf(name: T): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.list.length;
      this.list.push(name);
      this.#numbers.set(name, number);
    }
    return number;
  }
}

/** The number of a process in `Columns.processes`. */
export const processNumber = (process: Process, large: Names<number>): number => {
  if (process === 'nemesis') return nemesisNumber;
  if (process >= 0 && process <= int32Max && Number.isInteger(process)) return process;
  return nemesisNumber - 1 - large.numberOf(process);
};

/** The process behind a number in `Columns.processes`. */
export const processOf = (number: number, large: readonly number[]): Process =>
  number >= 0
    ? number
    : number === nemesisNumber
      ? 'nemesis'
      : (large[nemesisNumber - 1 - number] as number);

const columnsOver = (ops: readonly Op[]) => {
  const { length } = ops;
  return {
    length,
    times: new Float64Array(length),
    processes: new Int32Array(length),
    kinds: new Int32Array(length),
    keys: new Int32Array(length),
    indices: new Float64Array(length),
  };
};

/** Lists that were made from columns, so that nobody builds these again. Only frozen lists are kept here. */
const sources = new WeakMap<readonly Op[], Columns>();

/** All operations as one frozen list of objects. */
export const opsOf = (columns: Columns): readonly Op[] => {
  if (columns.ops !== undefined) return columns.ops;
  const list = new Array<Op>(columns.length);
  for (let i = 0; i < list.length; i++) list[i] = columns.opAt(i);
  sources.set(Object.freeze(list), columns);
  return list;
};

/** One operation after the other, without keeping them. */
export function* eachOp(columns: Columns): Generator<Op> {
  for (let i = 0; i < columns.length; i++) yield columns.opAt(i);
}

/** The columns of operations: those they came from, or new ones, whose values stay in the objects. */
export const columnsOf = (ops: readonly Op[]): Columns => sources.get(ops) ?? columnsFrom(ops);

const columnsFrom = (ops: readonly Op[]): Columns => {
  const columns = columnsOver(ops);
  const fs = new Names<string>();
  const keys = new Names<string | number>();
  const large = new Names<number>();
  for (let i = 0; i < ops.length; i++) {
    const op = ops[i] as Op;
    columns.times[i] = op.time;
    columns.indices[i] = op.index;
    columns.processes[i] = processNumber(op.process, large);
    columns.kinds[i] = fs.numberOf(op.f) * 4 + typeNumber(op.type);
    columns.keys[i] = op.key === undefined ? -1 : keys.numberOf(op.key);
  }
  const opAt = (position: number): Op => {
    const op = ops[position];
    assert(op !== undefined, `position ${position} of ${ops.length} operations`);
    return op;
  };
  const valueAt = (position: number): unknown => opAt(position).value;
  const named = { fNames: fs.list, keyNames: keys.list, largeProcesses: large.list };
  return { ...columns, ...named, opAt, valueAt, ops };
};
