// Zones (Gibbons and Korach 1997): linearizability of a register whose written values are all different, without search.
import { never } from './calls.ts';
import type { Model } from './model.ts';
import type { Strand } from './strand.ts';
import { ValueIds } from './value-ids.ts';
import { conflictOf, type ZoneList } from './zone-list.ts';

/** Earlier than any position, also than that of calls at large. */
const always = -2;
const none = -1;
/** The value that the register starts with. */
const initial = 0;

/** Calls of one register as numbers: which value each one reads and writes, -1 for none; value 0 is the first. */
export type Accesses = {
  readonly strand: Strand;
  readonly reads: Int32Array;
  readonly writes: Int32Array;
  /** By value: the call that writes it, -1 for none. */
  readonly writer: Int32Array;
};

/** Undefined when the model is no register, or a value is written twice (the first one included). */
export const accessesOf = <S>(model: Model<S>, strand: Strand): Accesses | undefined => {
  const { register } = model;
  if (register === undefined) return undefined;
  const { count } = strand;
  const ids = new ValueIds(2 * count, model.init);
  const reads = new Int32Array(count);
  const writes = new Int32Array(count);
  const writer = new Int32Array(2 * count + 1).fill(none);
  for (let call = 0; call < count; call++) {
    const access = register(strand.opAt(call));
    reads[call] = access.reads === undefined ? none : ids.of(access.reads);
    if (access.writes === undefined) {
      writes[call] = none;
      continue;
    }
    const value = ids.of(access.writes);
    writes[call] = value;
    if (value === initial || writer[value] !== none) return undefined;
    writer[value] = call;
  }
  return { strand, reads, writes, writer: writer.subarray(0, ids.size) };
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
    this.#counts = new Uint8Array(accesses.strand.count);
  }

  conflict(): Conflict | undefined {
    return this.#gather() ?? this.#blocks();
  }

  /** Whether a call certainly took effect, or is needed to explain one that did. */
  counted(call: number): boolean {
    return this.#counts[call] === 1;
  }

  #endOf(call: number): number {
    const end = this.#accesses.strand.end[call] as number;
    return end > this.#horizon ? never : end;
  }

  #startOf(call: number): number {
    return this.#accesses.strand.start[call] as number;
  }

  /** Collects what certainly happened, and the lost writes that it needs. */
  #gather(): Conflict | undefined {
    const { count, end, optional } = this.#accesses.strand;
    for (let call = 0; call < count; call++) {
      if (optional[call] === 1 || (end[call] as number) > this.#horizon) continue;
      this.#due.push(call);
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
