// A paired history on columns: constant-time lookup of every field and of the other half, views as arrays of positions.
import { type Columns, columnsOf, nemesisNumber, opsOf, processOf, types } from './columns.ts';
import { groupPositions } from './grouping.ts';
import type { Op, OpType, Process } from './op.ts';
import { indexAt, type Pairs, pairColumns } from './pairing.ts';

type Key = string | number;

/**
 * Operations by position (0 … length−1) with their pairs. Views are ascending `Int32Array`s of positions: nothing is
 * copied. Reading a field makes no object; `op` makes one, and `ops` makes all of them, which costs about 200 bytes each.
 */
export class History {
  readonly columns: Columns;
  readonly #pairs: Pairs;
  #ops: readonly Op[] | undefined;
  #keys: ReadonlyMap<Key | undefined, Int32Array> | undefined;
  #processes: ReadonlyMap<Process, Int32Array> | undefined;

  private constructor(columns: Columns, pairs: Pairs) {
    this.columns = columns;
    this.#pairs = pairs;
  }

  /** Pairs `ops`; throws an `OrdealError` (usage) when a process breaks a rule. Indices need not be dense. */
  static from(ops: Iterable<Op>): History {
    return History.of(columnsOf(Array.isArray(ops) ? (ops as readonly Op[]) : [...ops]));
  }

  /** Pairs columns; throws like `from`. */
  static of(columns: Columns): History {
    return new History(columns, pairColumns(columns));
  }

  get length(): number {
    return this.columns.length;
  }

  /** All operations in order, as one list; made once. */
  get ops(): readonly Op[] {
    this.#ops ??= opsOf(this.columns);
    return this.#ops;
  }

  /** The operation at a position; a position outside the history is the caller's mistake and throws. */
  op(position: number): Op {
    const known = this.#ops?.[position];
    if (known !== undefined) return known;
    if (!(position >= 0 && position < this.length))
      throw new RangeError(`position ${position} of ${this.length} operations`);
    return this.columns.opAt(position);
  }

  typeAt(position: number): OpType {
    return types[(this.columns.kinds[position] as number) & 3] as OpType;
  }

  fAt(position: number): string {
    return this.columns.fNames[(this.columns.kinds[position] as number) >>> 2] as string;
  }

  processAt(position: number): Process {
    return processOf(this.columns.processes[position] as number, this.columns.largeProcesses);
  }

  /** Nanoseconds. */
  timeAt(position: number): number {
    return this.columns.times[position] as number;
  }

  indexAt(position: number): number {
    return indexAt(this.columns, position);
  }

  /** The operation's own key; a completion without one goes with its invocation's, see `byKey`. */
  keyAt(position: number): Key | undefined {
    const { keys, keyNames } = this.columns;
    return keys === undefined ? undefined : keyNames[keys[position] as number];
  }

  /** Decoded at every call. */
  valueAt(position: number): unknown {
    return this.columns.valueAt(position);
  }

  /** Position of the completion of the invocation at `position`; −1 when it never completed or is no invocation. */
  completionOf(position: number): number {
    const other = this.#pairs[position] ?? -1;
    return other > position ? other : -1;
  }

  /** Position of the invocation of the completion at `position`; −1 when it has none or is no completion. */
  invocationOf(position: number): number {
    const other = this.#pairs[position] ?? -1;
    return other < position ? other : -1;
  }

  /** Whether something begins here: an invocation, or the first half of a nemesis' info and info. */
  begins(position: number): boolean {
    return this.typeAt(position) === 'invoke' || this.completionOf(position) >= 0;
  }

  /** Positions by key, completions under their invocation's key; under `undefined` those without. Computed once. */
  byKey(): ReadonlyMap<Key | undefined, Int32Array> {
    this.#keys ??= this.#groupByKey();
    return this.#keys;
  }

  #groupByKey(): ReadonlyMap<Key | undefined, Int32Array> {
    const { keys, keyNames } = this.columns;
    const groups = groupPositions(this.length, (position) => {
      if (keys === undefined) return -1;
      const invocation = this.invocationOf(position);
      return keys[invocation < 0 ? position : invocation] as number;
    });
    return new Map(Array.from(groups, ([key, view]) => [keyNames[key], view]));
  }

  /** Positions by process, the nemesis among them. Computed once. */
  byProcess(): ReadonlyMap<Process, Int32Array> {
    if (this.#processes === undefined) {
      const { processes, largeProcesses } = this.columns;
      const groups = groupPositions(this.length, (position) => processes[position] as number);
      this.#processes = new Map(
        Array.from(groups, ([process, view]) => [processOf(process, largeProcesses), view]),
      );
    }
    return this.#processes;
  }

  /** Positions for which `pass` holds, of all or of a view; no operation is made. */
  where(pass: (position: number) => boolean, view?: Int32Array): Int32Array {
    const length = view?.length ?? this.length;
    const out = new Int32Array(length);
    let count = 0;
    for (let i = 0; i < length; i++) {
      const position = view === undefined ? i : (view[i] as number);
      if (pass(position)) out[count++] = position;
    }
    return out.slice(0, count);
  }

  /** Positions of the operations that pass, of all or of a view; makes each operation to ask about it. */
  filter(pass: (op: Op, position: number) => boolean, view?: Int32Array): Int32Array {
    return this.where((position) => pass(this.op(position), position), view);
  }

  /** Positions of everything that clients did. */
  clients(): Int32Array {
    const { processes } = this.columns;
    return this.where((position) => processes[position] !== nemesisNumber);
  }

  /** The operations of a view. */
  select(view: Int32Array): Op[] {
    return Array.from(view, (position) => this.op(position));
  }

  /** One operation after the other, without keeping them. */
  *[Symbol.iterator](): IterableIterator<Op> {
    for (let i = 0; i < this.length; i++) yield this.op(i);
  }
}
