// Builds columns row by row, without an object for any operation: values stay text until somebody asks for them.
import { assert } from '../base/assert.ts';
import { type Columns, Names, processNumber, processOf, typeNumber, types } from './columns.ts';
import { parseJson, stringifyJson } from './json.ts';
import type { Op, OpError } from './op.ts';
import { Texts } from './texts.ts';

/** One operation as numbers; a scanner fills the same one again and again. */
export type Row = {
  index: number;
  time: number;
  /** As in `Columns.processes`. */
  process: number;
  /** Number of the type. */
  type: number;
  /** Number among `Tables.fs`. */
  f: number;
  /** From `valueOfInteger` or `valueOfText`. */
  value: number;
  /** Number among `Tables.keys`, −1 without. */
  key: number;
  /** Number among `Tables.rests`, −1 without. */
  rest: number;
};

export const emptyRow = (): Row => ({
  index: 0,
  time: 0,
  process: 0,
  type: 0,
  f: 0,
  value: 0,
  key: -1,
  rest: -1,
});

/** What rows name by number, as JSON text. A rest is an error (an array), or an object with every further field. */
export type Tables = {
  readonly fs: Texts;
  readonly keys: Texts;
  readonly values: Texts;
  readonly rests: Texts;
};

/** Smaller integers need no text: they are even, texts are odd. */
const inlineMax = 2 ** 29;
export const isInline = (value: number): boolean =>
  value < inlineMax && value > -inlineMax && Number.isInteger(value) && !Object.is(value, -0);
export const valueOfInteger = (value: number): number => value * 2;
export const valueOfText = (id: number): number => id * 2 + 1;
const textsMax = 2 ** 30;
/** The value null, which is the first text of all. */
export const nullValue = valueOfText(0);

const emptyTables = (): Tables => {
  const values = new Texts();
  values.addText('null');
  return { fs: new Texts(), keys: new Texts(), values, rests: new Texts() };
};

const known = new Set(['index', 'time', 'process', 'type', 'f', 'value', 'key', 'error']);

/** What is left of an operation beside its columns, as JSON; undefined when nothing is. */
const restOf = (op: Op): string | undefined => {
  const extras = Object.entries(op).filter(
    ([name, value]) => !known.has(name) && value !== undefined,
  );
  if (extras.length === 0) return op.error === undefined ? undefined : stringifyJson(op.error);
  return stringifyJson(
    Object.fromEntries(op.error === undefined ? extras : [['error', op.error], ...extras]),
  );
};

const capacityFirst = 1 << 8;

/** Takes rows or operations; memory is about 25 bytes an operation, and each distinct value once. */
export class ColumnWriter {
  readonly tables: Tables = emptyTables();
  readonly #large = new Names<number>();
  readonly #row = emptyRow();
  #length = 0;
  #capacity = capacityFirst;
  #times = new Float64Array(capacityFirst);
  #processes = new Int32Array(capacityFirst);
  #kinds = new Int32Array(capacityFirst);
  #values = new Int32Array(capacityFirst);
  #keys: Int32Array | undefined;
  #rests: Int32Array | undefined;
  #indices: Float64Array | undefined;

  get length(): number {
    return this.#length;
  }

  /** Takes an operation; throws an `OrdealError` (usage) for values that no file could hold. */
  push(op: Op): void {
    const row = this.#row;
    const { fs, keys, values, rests } = this.tables;
    const rest = restOf(op);
    row.index = op.index;
    row.time = op.time;
    row.process = processNumber(op.process, this.#large);
    row.type = typeNumber(op.type);
    row.f = fs.addText(stringifyJson(op.f));
    row.key = op.key === undefined ? -1 : keys.addText(stringifyJson(op.key));
    row.rest = rest === undefined ? -1 : rests.addText(rest);
    row.value =
      typeof op.value === 'number' && isInline(op.value)
        ? valueOfInteger(op.value)
        : valueOfText(values.addText(stringifyJson(op.value)));
    this.add(row);
  }

  /** Takes a row as it is. */
  add(row: Row): void {
    if (this.#length === this.#capacity) this.#grow();
    const at = this.#length++;
    this.#times[at] = row.time;
    this.#processes[at] = row.process;
    this.#kinds[at] = row.f * 4 + row.type;
    this.#values[at] = row.value;
    if (row.key >= 0) this.#keys ??= new Int32Array(this.#capacity).fill(-1);
    if (row.rest >= 0) this.#rests ??= new Int32Array(this.#capacity).fill(-1);
    if (this.#keys !== undefined) this.#keys[at] = row.key;
    if (this.#rests !== undefined) this.#rests[at] = row.rest;
    if (row.index !== at && this.#indices === undefined) {
      this.#indices = new Float64Array(this.#capacity);
      for (let i = 0; i < at; i++) this.#indices[i] = i;
    }
    if (this.#indices !== undefined) this.#indices[at] = row.index;
  }

  #grow(): void {
    this.#capacity *= 2;
    const capacity = this.#capacity;
    const ints = (from: Int32Array): Int32Array => {
      const to = new Int32Array(capacity);
      to.set(from);
      return to;
    };
    const doubles = (from: Float64Array): Float64Array => {
      const to = new Float64Array(capacity);
      to.set(from);
      return to;
    };
    this.#times = doubles(this.#times) as Float64Array<ArrayBuffer>;
    this.#processes = ints(this.#processes) as Int32Array<ArrayBuffer>;
    this.#kinds = ints(this.#kinds) as Int32Array<ArrayBuffer>;
    this.#values = ints(this.#values) as Int32Array<ArrayBuffer>;
    if (this.#keys !== undefined) this.#keys = ints(this.#keys);
    if (this.#rests !== undefined) this.#rests = ints(this.#rests);
    if (this.#indices !== undefined) this.#indices = doubles(this.#indices);
  }

  /** The columns of everything taken; the writer is used up. */
  finish(): Columns {
    assert(
      this.tables.values.size <= textsMax,
      `${this.tables.values.size} distinct values in one history`,
    );
    const fNames = namesIn(this.tables.fs) as string[];
    const keyNames = namesIn(this.tables.keys) as (string | number)[];
    const columns = {
      length: this.#length,
      times: this.#times,
      processes: this.#processes,
      kinds: this.#kinds,
      keys: this.#keys,
      indices: this.#indices,
      fNames,
      keyNames,
      largeProcesses: this.#large.list,
    };
    const coded = { values: this.#values, rests: this.#rests, tables: this.tables };
    return { ...columns, ...readersOf(columns, coded), textsAt: textsOf(coded) };
  }
}

const namesIn = (texts: Texts): unknown[] =>
  Array.from({ length: texts.size }, (_, id) => JSON.parse(texts.text(id)) as unknown);

type Plain = Omit<Columns, 'opAt' | 'valueAt' | 'ops'>;
type Coded = {
  readonly values: Int32Array;
  readonly rests: Int32Array | undefined;
  readonly tables: Tables;
};

const textsOf =
  ({ values, rests, tables }: Coded): NonNullable<Columns['textsAt']> =>
  (position) => {
    const code = values[position] as number;
    const rest = rests === undefined ? -1 : (rests[position] as number);
    return {
      value: code % 2 === 0 ? `${code / 2}` : tables.values.text((code - 1) / 2),
      rest: rest < 0 ? undefined : tables.rests.text(rest),
    };
  };

const readersOf = (
  columns: Plain,
  { values, rests, tables }: Coded,
): Pick<Columns, 'opAt' | 'valueAt'> => {
  const { times, processes, kinds, keys, indices, fNames, keyNames, largeProcesses } = columns;
  const valueAt = (position: number): unknown => {
    const code = values[position] as number;
    return code % 2 === 0 ? code / 2 : parseJson(tables.values.text((code - 1) / 2));
  };
  const restAt = (id: number): Partial<Op> => {
    const rest = parseJson(tables.rests.text(id)) as OpError | Partial<Op>;
    return Array.isArray(rest) ? { error: rest as unknown as OpError } : (rest as Partial<Op>);
  };
  const opAt = (position: number): Op => {
    const kind = kinds[position] as number;
    const op = {
      index: indices === undefined ? position : (indices[position] as number),
      time: times[position] as number,
      process: processOf(processes[position] as number, largeProcesses),
      type: types[kind & 3] as Op['type'],
      f: fNames[kind >>> 2] as string,
      value: valueAt(position),
    };
    const key = keys === undefined ? -1 : (keys[position] as number);
    const rest = rests === undefined ? -1 : (rests[position] as number);
    if (key < 0 && rest < 0) return Object.freeze(op);
    const keyed = key < 0 ? op : { ...op, key: keyNames[key] as string | number };
    return Object.freeze(rest < 0 ? keyed : { ...keyed, ...restAt(rest) });
  };
  return { opAt, valueAt };
};
