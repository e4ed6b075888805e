// A history of transactions as columns: which completions count, who wrote which value, and every step as integers.
import type { Op } from '../op.ts';
import { Interner, Ints, PairTable } from './ints.ts';

/** Kinds of micro-operation in the columns. */
export const mopKinds = { read: 0, write: 1 } as const;

/** How the writer of a value ended. `open` is `info`, or an invocation that never completed. */
export const ends = { ok: 0, open: 1, fail: 2 } as const;

/** A read of nothing: the initial state. */
export const initialValue = -1;
/** A read of a value that nobody wrote. */
export const strangeValue = -2;

/**
 * The columns. A *write* is a (key, value) pair, numbered; steps of an operation lie in `mopStart[i] … mopStart[i
 * + 1]`.
 */
export type RawHistory = {
  readonly ops: readonly Op[];
  /** True for list-append: steps are appends and reads of lists; false for registers. */
  readonly lists: boolean;
  readonly keys: Interner;
  /** Positions in `ops` of the completions (or never completed invocations) that take part, in order. */
  readonly at: Int32Array;
  /** Position in `ops` of the invocation, or of the completion itself when there is none. */
  readonly invokedAt: Int32Array;
  readonly end: Uint8Array;
  readonly mopStart: Int32Array;
  readonly mopKind: Uint8Array;
  readonly mopKey: Int32Array;
  /** The write that a step performs or observes, `initialValue` or `strangeValue`. */
  readonly mopWrite: Int32Array;
  /** Per write: the row that performs it, its key and its value. */
  readonly writer: Int32Array;
  readonly writeKey: Int32Array;
  readonly values: readonly unknown[];
  /** Per write: 1 if the same row writes the key again later. */
  readonly overwritten: Uint8Array;
  /** Per write: the write of the same row to the same key just before it, or -1. */
  readonly overwrites: Int32Array;
  /** Per row: 1 if one of its writes was read by a row that ended ok. */
  readonly observed: Uint8Array;
  /** Per key the longest list that a row which ended ok has read, lists only. */
  readonly longest: readonly (readonly unknown[] | undefined)[];
  /** Writes of one value to one key by two rows that may both have happened: [write, row]. */
  readonly duplicates: readonly (readonly [write: number, row: number])[];
};

type Rows = { at: Ints; invokedAt: Ints; end: Ints; steps: (readonly unknown[])[] };

const isClient = (op: Op): boolean =>
  op.process === undefined ||
  op.process === null ||
  typeof op.process === 'number' ||
  /^\d+$/.test(op.process);

/** Pairs invocations with completions, process by process; an invocation left open counts as `info`. */
const rowsOf = (ops: readonly Op[]): Rows => {
  const rows: Rows = { at: new Ints(), invokedAt: new Ints(), end: new Ints(), steps: [] };
  const open = new Map<unknown, number>();
  const add = (position: number, invoked: number, end: number): void => {
    const own = (ops[position] as Op).value;
    const steps = Array.isArray(own) ? own : (ops[invoked] as Op).value;
    if (!Array.isArray(steps)) return;
    rows.at.push(position);
    rows.invokedAt.push(invoked);
    rows.end.push(end);
    rows.steps.push(steps);
  };
  for (let position = 0; position < ops.length; position++) {
    const op = ops[position] as Op;
    if (!isClient(op)) continue;
    if (op.type === 'invoke') {
      const before = open.get(op.process);
      if (before !== undefined) add(before, before, ends.open);
      open.set(op.process, position);
      continue;
    }
    add(
      position,
      open.get(op.process) ?? position,
      op.type === 'ok' ? ends.ok : op.type === 'fail' ? ends.fail : ends.open,
    );
    open.delete(op.process);
  }
  for (const position of open.values()) add(position, position, ends.open);
  return rows;
};

/** Numbers that stand for themselves as values; everything else is interned above them. */
const directMax = 2 ** 30;

class Builder {
  readonly keys = new Interner();
  readonly #strange = new Interner();
  readonly #table: PairTable;
  readonly writer = new Ints();
  readonly writeKey = new Ints();
  readonly values: unknown[] = [];
  readonly overwritten = new Ints();
  readonly overwrites = new Ints();
  readonly duplicates: [number, number][] = [];
  readonly #lastRow = new Ints();
  readonly #lastWrite = new Ints();
  readonly #end: Ints;

  constructor(mops: number, end: Ints) {
    this.#table = new PairTable(mops);
    this.#end = end;
  }

  #valueNumber(value: unknown): number {
    if (typeof value === 'number' && (value | 0) === value && value >= 0 && value < directMax)
      return value;
    return directMax + this.#strange.number(value);
  }

  key(name: unknown): number {
    const key = this.keys.number(name);
    if (key === this.#lastRow.length) {
      this.#lastRow.push(-1);
      this.#lastWrite.push(-1);
    }
    return key;
  }

  find(key: number, value: unknown): number {
    const write = this.#table.find(key, this.#valueNumber(value));
    return write < 0 ? strangeValue : write;
  }

  write(row: number, key: number, value: unknown): number {
    const number = this.#valueNumber(value);
    let write = this.#table.find(key, number);
    if (write < 0) {
      write = this.#table.add(key, number);
      this.writer.push(row);
      this.writeKey.push(key);
      this.values.push(value);
      this.overwritten.push(0);
      this.overwrites.push(-1);
    } else if (this.writer.at(write) !== row) this.#again(write, row);
    if (this.#lastRow.at(key) === row && this.#lastWrite.at(key) !== write) {
      this.overwritten.set(this.#lastWrite.at(key), 1);
      this.overwrites.set(write, this.#lastWrite.at(key));
    }
    this.#lastRow.set(key, row);
    this.#lastWrite.set(key, write);
    this.overwritten.set(write, 0);
    return write;
  }

  /** A second writer: harmless if one of the two certainly did not happen. */
  #again(write: number, row: number): void {
    if (this.#end.at(row) === ends.fail) return;
    if (this.#end.at(this.writer.at(write)) !== ends.fail) this.duplicates.push([write, row]);
    this.writer.set(write, row);
  }
}

type Columns = { kind: Uint8Array; key: Int32Array; write: Int32Array; start: Int32Array };

const fillWrites = (rows: Rows, builder: Builder, columns: Columns): void => {
  let mop = 0;
  for (let row = 0; row < rows.steps.length; row++) {
    columns.start[row] = mop;
    for (const step of rows.steps[row] as readonly (readonly unknown[])[]) {
      const key = builder.key(step[1]);
      columns.key[mop] = key;
      columns.kind[mop] = step[0] === 'r' ? mopKinds.read : mopKinds.write;
      if (step[0] !== 'r') columns.write[mop] = builder.write(row, key, step[2]);
      mop++;
    }
  }
  columns.start[rows.steps.length] = mop;
};

const resolve = (builder: Builder, key: number, seen: unknown): number => {
  if (seen === null || seen === undefined) return initialValue;
  if (!Array.isArray(seen)) return builder.find(key, seen);
  return seen.length === 0 ? initialValue : builder.find(key, seen[seen.length - 1]);
};

type Seen = { observed: Uint8Array; longest: (readonly unknown[] | undefined)[] };

/** Resolves the reads of rows that ended ok, and marks the rows they observed. */
const fillReads = (rows: Rows, builder: Builder, columns: Columns): Seen => {
  const observed = new Uint8Array(rows.steps.length);
  const longest: (readonly unknown[] | undefined)[] = [];
  const mark = (row: number, write: number): void => {
    if (write >= 0 && builder.writer.at(write) !== row) observed[builder.writer.at(write)] = 1;
  };
  for (let row = 0; row < rows.steps.length; row++) {
    if (rows.end.at(row) !== ends.ok) continue;
    const steps = rows.steps[row] as readonly (readonly unknown[])[];
    for (let i = 0, mop = columns.start[row] as number; i < steps.length; i++, mop++) {
      if (columns.kind[mop] !== mopKinds.read) continue;
      const seen = (steps[i] as readonly unknown[])[2];
      const key = columns.key[mop] as number;
      const write = resolve(builder, key, seen);
      columns.write[mop] = write;
      mark(row, write);
      if (Array.isArray(seen) && seen.length > (longest[key]?.length ?? 0)) longest[key] = seen;
    }
  }
  // Shorter reads are prefixes of the longest, or the history is condemned for that: one pass over the longest will do.
  longest.forEach((list, key) => {
    for (const element of list ?? []) mark(-1, builder.find(key, element));
  });
  return { observed, longest };
};

const isList = (rows: Rows): boolean =>
  rows.steps.some((steps) =>
    (steps as readonly (readonly unknown[])[]).some(
      (step) => step[0] === 'append' || (step[0] === 'r' && Array.isArray(step[2])),
    ),
  );

/** Reads operations into columns. Steps are `['w', k, v]`, `['append', k, v]` and `['r', k, value | list | null]`. */
export const readHistory = (ops: readonly Op[]): RawHistory => {
  const rows = rowsOf(ops);
  const mops = rows.steps.reduce((sum, steps) => sum + steps.length, 0);
  const columns: Columns = {
    kind: new Uint8Array(mops),
    key: new Int32Array(mops),
    write: new Int32Array(mops),
    start: new Int32Array(rows.steps.length + 1),
  };
  const builder = new Builder(mops, rows.end);
  fillWrites(rows, builder, columns);
  const { observed, longest } = fillReads(rows, builder, columns);
  return {
    ops,
    lists: isList(rows),
    keys: builder.keys,
    at: rows.at.view(),
    invokedAt: rows.invokedAt.view(),
    end: Uint8Array.from(rows.end.view()),
    mopStart: columns.start,
    mopKind: columns.kind,
    mopKey: columns.key,
    mopWrite: columns.write,
    writer: builder.writer.view(),
    writeKey: builder.writeKey.view(),
    values: builder.values,
    overwritten: Uint8Array.from(builder.overwritten.view()),
    overwrites: builder.overwrites.view(),
    observed,
    longest,
    duplicates: builder.duplicates,
  };
};
