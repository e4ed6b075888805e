// A model turned into numbers: operations of one kind share a class, states get numbers, steps are looked up.
import { type Call, opOf } from './calls.ts';
import { canonical, type Model, type ModelOp } from './model.ts';

const illegal = -1;
/** Above this many operation classes a row for every state would cost more than it saves. */
const denseClassesMax = 512;
const cellsMax = 4_000_000;

type Key = string | number;

/** Steps of a model over numbered states and operation classes, each computed once. State 0 is the first state. */
export class Transitions<S> {
  /** The class of each call, in the order given. */
  readonly classes: Int32Array;
  /** By class: the operation, and whether it never changes a state. */
  readonly ops: readonly ModelOp[];
  readonly pure: Uint8Array;
  /** Steps that the model was asked for. */
  asked = 0;
  readonly #model: Model<S>;
  readonly #states: S[] = [];
  readonly #ids = new Map<Key, number>();
  readonly #dense: boolean;
  /** Row of a state: 0 not computed yet, otherwise the next state + 2, so that 1 means illegal. */
  #rows: (Int32Array | undefined)[] = [];
  #sparse = new Map<number, number>();
  #cells = 0;

  constructor(model: Model<S>, calls: readonly Call[]) {
    this.#model = model;
    const { classes, ops } = classify(model, calls);
    this.classes = classes;
    this.ops = ops;
    this.pure = Uint8Array.from(ops, (op) => (model.isPure?.(op) === true ? 1 : 0));
    this.#dense = ops.length <= denseClassesMax;
    this.#idOf(model.init);
  }

  /** The state with this number. */
  state(id: number): S {
    return this.#states[id] as S;
  }

  /** Number of the state after an operation of this class, or -1 when it is not legal. */
  next(state: number, opClass: number): number {
    if (!this.#dense) return this.#nextSparse(state, opClass);
    const known = (this.#rows[state] ?? this.#newRow(state))[opClass] as number;
    if (known !== 0) return known - 2;
    const next = this.#compute(state, opClass);
    (this.#rows[state] as Int32Array)[opClass] = next + 2;
    return next;
  }

  #newRow(state: number): Int32Array {
    if (this.#cells > cellsMax) {
      this.#rows = [];
      this.#cells = 0;
    }
    const row = new Int32Array(this.ops.length);
    this.#rows[state] = row;
    this.#cells += row.length;
    return row;
  }

  #nextSparse(state: number, opClass: number): number {
    const cell = state * this.ops.length + opClass;
    const known = this.#sparse.get(cell);
    if (known !== undefined) return known;
    if (this.#sparse.size > cellsMax / 4) this.#sparse = new Map();
    const next = this.#compute(state, opClass);
    this.#sparse.set(cell, next);
    return next;
  }

  #compute(state: number, opClass: number): number {
    this.asked++;
    const next = this.#model.step(this.#states[state] as S, this.ops[opClass] as ModelOp);
    return next === undefined ? illegal : this.#idOf(next);
  }

  #idOf(state: S): number {
    const { equal, key } = this.#model;
    if (equal !== undefined) {
      const found = this.#states.findIndex((known) => equal(known, state));
      return found >= 0 ? found : this.#states.push(state) - 1;
    }
    const text = key === undefined ? canonical(state) : key(state);
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.#states.length);
    return this.#states.push(state) - 1;
  }
}

const kindOf = (op: ModelOp): string =>
  `${op.f} ${op.type} ${canonical(op.value)} ${op.input === op.value ? '' : canonical(op.input)}`;

/** Calls of one kind are of one class: the model cannot tell them apart. */
const classify = <S>(model: Model<S>, calls: readonly Call[]) => {
  const ids = new Map<string, number>();
  const ops: ModelOp[] = [];
  const classes = Int32Array.from(calls, (call) => {
    const op = opOf(call);
    const text = (model.kind ?? kindOf)(op);
    const known = ids.get(text);
    if (known !== undefined) return known;
    ids.set(text, ops.length);
    return ops.push(op) - 1;
  });
  return { classes, ops };
};
