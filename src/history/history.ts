// A paired history: operations with constant-time lookup of the other half, and views as arrays of positions.
import { groupPositions } from './grouping.ts';
import type { Op, OpType, Process } from './op.ts';
import { type Pairs, pair } from './pairing.ts';

type Key = string | number;

/**
 * Operations by position (0 … length−1) with their pairs. Views are ascending `Int32Array`s of positions, so that
 * nothing is copied and the operations behind them may one day be columns; checkers in a hurry read positions and never `ops`.
 */
export class History {
  readonly #ops: readonly Op[];
  readonly #pairs: Pairs;
  #keys: ReadonlyMap<Key | undefined, Int32Array> | undefined;
  #processes: ReadonlyMap<Process, Int32Array> | undefined;

  private constructor(ops: readonly Op[], pairs: Pairs) {
    this.#ops = ops;
    this.#pairs = pairs;
  }

  /** Pairs `ops`; throws an `OrdealError` (usage) when a process breaks a rule. Indices need not be dense. */
  static from(ops: Iterable<Op>): History {
    const list = Array.isArray(ops) ? (ops as readonly Op[]) : [...ops];
    return new History(list, pair(list));
  }

  get length(): number {
    return this.#ops.length;
  }

  /** All operations in order. */
  get ops(): readonly Op[] {
    return this.#ops;
  }

  /** The operation at a position; a position outside the history is the caller's mistake and throws. */
  op(position: number): Op {
    const op = this.#ops[position];
    if (op === undefined) throw new RangeError(`position ${position} of ${this.length} operations`);
    return op;
  }

  typeAt(position: number): OpType {
    return this.op(position).type;
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
    this.#keys ??= groupPositions(this.length, (position) => {
      const invocation = this.invocationOf(position);
      return this.op(invocation < 0 ? position : invocation).key;
    });
    return this.#keys;
  }

  /** Positions by process, the nemesis among them. Computed once. */
  byProcess(): ReadonlyMap<Process, Int32Array> {
    this.#processes ??= groupPositions(this.length, (position) => this.op(position).process);
    return this.#processes;
  }

  /** Positions of the operations that pass, of all or of a view. */
  filter(pass: (op: Op, position: number) => boolean, view?: Int32Array): Int32Array {
    const length = view?.length ?? this.length;
    const out = new Int32Array(length);
    let count = 0;
    for (let i = 0; i < length; i++) {
      const position = view === undefined ? i : (view[i] as number);
      if (pass(this.op(position), position)) out[count++] = position;
    }
    return out.slice(0, count);
  }

  /** Positions of everything that clients did. */
  clients(): Int32Array {
    return this.filter((op) => op.process !== 'nemesis');
  }

  /** The operations of a view, by reference. */
  select(view: Int32Array): Op[] {
    return Array.from(view, (position) => this.op(position));
  }

  [Symbol.iterator](): IterableIterator<Op> {
    return this.#ops[Symbol.iterator]();
  }
}
