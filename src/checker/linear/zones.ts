// Zones (Gibbons and Korach 1997): linearizability of a register whose written values are all different, without search.
import { type Call, never, opOf } from './calls.ts';
import { canonical, type Model } from './model.ts';
import { conflictOf, type ZoneList } from './zone-list.ts';

/** Earlier than any position, also than that of calls at large. */
const always = -2;
const none = -1;
/** The value that the register starts with. */
const initial = 0;

/** Calls of one register as numbers: which value each one reads and writes, -1 for none; value 0 is the first. */
export type Accesses = {
  readonly calls: readonly Call[];
  readonly reads: Int32Array;
  readonly writes: Int32Array;
  /** By value: the call that writes it, -1 for none. */
  readonly writer: Int32Array;
};

/** Undefined when the model is no register, or a value is written twice (the first one included). */
export const accessesOf = <S>(model: Model<S>, calls: readonly Call[]): Accesses | undefined => {
  const { register } = model;
  if (register === undefined) return undefined;
  const ids = new Map<string | number, number>([[canonical(model.init), initial]]);
  const idOf = (value: unknown): number => {
    if (value === undefined) return none;
    const text = canonical(value);
    const known = ids.get(text);
    if (known !== undefined) return known;
    ids.set(text, ids.size);
    return ids.size - 1;
  };
  const reads = new Int32Array(calls.length);
  const writes = new Int32Array(calls.length);
  const writer = new Int32Array(2 * calls.length + 1).fill(none);
  for (let call = 0; call < calls.length; call++) {
    const access = register(opOf(calls[call] as Call));
    reads[call] = idOf(access.reads);
    const value = idOf(access.writes);
    writes[call] = value;
    if (value === none) continue;
    if (value === initial || writer[value] !== none) return undefined;
    writer[value] = call;
  }
  return { calls, reads, writes, writer: writer.slice(0, ids.size) };
};

/** Values whose operations no order explains. */
export type Conflict = { readonly values: readonly number[] };

/**
 * Judges what had happened at a moment: what had not returned by `horizon` (a position of the history) may never have.
 * Values that successful compare-and-sets link form a block, which must not be interleaved with others. A block's zone
 * runs from its least return to its greatest invocation; two zones conflict when each must precede the other.
 */
export class Zones {
  readonly #accesses: Accesses;
  readonly #horizon: number;
  /** By value: least return and greatest invocation of the operations that only read it. */
  readonly #readEnd: Int32Array;
  readonly #readStart: Int32Array;
  /** By value: the call that replaces it by compare-and-set. */
  readonly #replacer: Int32Array;
  readonly #counts: Uint8Array;
  readonly #due: number[] = [];
  /** Values that begin a block, and by such a value the block's least return and greatest invocation. */
  readonly #begins: number[] = [];
  readonly #first: Int32Array;
  readonly #last: Int32Array;

  constructor(accesses: Accesses, horizon: number) {
    const values = accesses.writer.length;
    this.#accesses = accesses;
    this.#horizon = horizon;
    this.#readEnd = new Int32Array(values).fill(never);
    this.#readStart = new Int32Array(values).fill(always);
    this.#replacer = new Int32Array(values).fill(none);
    this.#first = new Int32Array(values);
    this.#last = new Int32Array(values);
    this.#counts = new Uint8Array(accesses.calls.length);
  }

  conflict(): Conflict | undefined {
    return this.#gather() ?? this.#blocks();
  }

  /** Whether a call certainly took effect, or is needed to explain one that did. */
  counted(call: number): boolean {
    return this.#counts[call] === 1;
  }

  #endOf(call: number): number {
    const { end } = this.#accesses.calls[call] as Call;
    return end > this.#horizon ? never : end;
  }

  #startOf(call: number): number {
    return (this.#accesses.calls[call] as Call).start;
  }

  /** Collects what certainly happened, and the lost writes that it needs. */
  #gather(): Conflict | undefined {
    const { calls } = this.#accesses;
    for (let call = 0; call < calls.length; call++) {
      const { optional, end } = calls[call] as Call;
      if (!optional && end <= this.#horizon) this.#due.push(call);
      for (let next = this.#due.pop(); next !== undefined; next = this.#due.pop()) {
        const conflict = this.#count(next);
        if (conflict !== undefined) return conflict;
      }
    }
    return undefined;
  }

  #count(call: number): Conflict | undefined {
    if (this.#counts[call] === 1) return undefined;
    this.#counts[call] = 1;
    const value = this.#accesses.reads[call] as number;
    if (value === none) return undefined;
    const writer = this.#accesses.writer[value] as number;
    if (writer !== none) this.#due.push(writer);
    const next = this.#accesses.writes[call] as number;
    if (value !== initial && writer === none)
      return { values: [value, ...(next === none ? [] : this.valuesFrom(next))] };
    if (next !== none) {
      const other = this.#replacer[value] as number;
      if (other !== none) {
        const rival = this.#accesses.writes[other] as number;
        return { values: [value, ...this.valuesFrom(rival), ...this.valuesFrom(next)] };
      }
      this.#replacer[value] = call;
      return undefined;
    }
    this.#readEnd[value] = Math.min(this.#readEnd[value] as number, this.#endOf(call));
    this.#readStart[value] = Math.max(this.#readStart[value] as number, this.#startOf(call));
    return undefined;
  }

  /** The zones of all blocks; complete once `conflict` has found none. */
  zones(): ZoneList {
    return { values: this.#begins, first: this.#first, last: this.#last };
  }

  /** The values of a block, in order, from one of them on. */
  valuesFrom(begin: number): number[] {
    const values = [begin];
    for (let call = this.#replacer[begin] as number; call !== none; ) {
      const value = this.#accesses.writes[call] as number;
      if (value === begin) break;
      values.push(value);
      call = this.#replacer[value] as number;
    }
    return values;
  }

  /** Walks every block from the value that begins it, and compares their zones. */
  #blocks(): Conflict | undefined {
    const { writer, reads } = this.#accesses;
    let linked = 0;
    for (let value = 0; value < writer.length; value++) {
      const call = writer[value] as number;
      if (value !== initial) {
        if (call === none || !this.counted(call)) continue;
        if (reads[call] !== none) {
          linked++;
          continue;
        }
      }
      const links = this.#walk(value);
      if (links < 0) return { values: this.valuesFrom(value) };
      linked -= links;
    }
    // Values linked in a circle hang on no beginning.
    if (linked !== 0) return { values: this.#circle() };
    const pair = conflictOf(this.zones());
    return pair && { values: pair.flatMap((begin) => this.valuesFrom(begin)) };
  }

  /** How many values follow the one that begins a block; -1 when the block fails in itself. */
  #walk(begin: number): number {
    const { writer, writes } = this.#accesses;
    let first: number = never;
    let last = always;
    let call = begin === initial ? none : (writer[begin] as number);
    let value = begin;
    for (let links = 0; ; links++) {
      const start = call === none ? always : this.#startOf(call);
      const end = call === none ? always : this.#endOf(call);
      // What comes later in the block must not return before something earlier was invoked.
      if (end < last) return -1;
      last = Math.max(last, start);
      if ((this.#readEnd[value] as number) < last) return -1;
      last = Math.max(last, this.#readStart[value] as number);
      first = Math.min(first, end, this.#readEnd[value] as number);
      call = this.#replacer[value] as number;
      if (call === none) {
        this.#begins.push(begin);
        this.#first[begin] = first;
        this.#last[begin] = last;
        return links;
      }
      value = writes[call] as number;
    }
  }

  #circle(): number[] {
    const reached = new Set(this.#begins.flatMap((value) => this.valuesFrom(value)));
    const { writer } = this.#accesses;
    const lone = writer.findIndex(
      (call, value) => call !== none && this.counted(call) && !reached.has(value),
    );
    return this.valuesFrom(lone);
  }
}
