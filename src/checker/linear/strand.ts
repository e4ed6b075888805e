// Calls as columns: what the near-linear engines read, whether the calls are objects or still rows of a history.
import type { History } from '../../history/history.ts';
import type { Process } from '../../history/op.ts';
import { type Call, never, opOf } from './calls.ts';
import type { ModelOp } from './model.ts';

/** Calls by place, 0 … count−1, ordered by start. */
export type Strand = {
  readonly count: number;
  readonly start: Int32Array;
  /** Position of the `ok`, `never` when the outcome is unknown. */
  readonly end: Int32Array;
  /** 1 where the call may never have taken effect. */
  readonly optional: Uint8Array;
  readonly opAt: (place: number) => ModelOp;
  /** The same object at every call. */
  readonly callAt: (place: number) => Call;
};

/** The columns of calls that are objects already. */
export const strandOf = (calls: readonly Call[]): Strand => ({
  count: calls.length,
  start: Int32Array.from(calls, (call) => call.start),
  end: Int32Array.from(calls, (call) => call.end),
  optional: Uint8Array.from(calls, (call) => Number(call.optional)),
  opAt: (place) => opOf(calls[place] as Call),
  callAt: (place) => calls[place] as Call,
});

/** An operation of a history as a model sees it; what nobody asks for is not decoded. */
class StoredOp implements ModelOp {
  readonly f: string;
  readonly type: 'ok' | 'info';
  readonly #history: History;
  readonly #invocation: number;
  readonly #told: number;

  constructor(history: History, invocation: number, completion: number) {
    this.#history = history;
    this.#invocation = invocation;
    this.#told = completion === never ? invocation : completion;
    this.f = history.fAt(invocation);
    this.type = completion === never ? 'info' : 'ok';
  }

  get value(): unknown {
    return this.#history.valueAt(this.#told);
  }

  get input(): unknown {
    return this.#history.valueAt(this.#invocation);
  }
}

/** The calls of one independent part of a history, ordered by start; objects are only made of those asked for. */
export class Part implements Strand {
  readonly key: string | number | undefined;
  readonly count: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly optional: Uint8Array;
  readonly #history: History;
  readonly #made = new Map<number, Call>();
  #calls: readonly Call[] | undefined;

  constructor(history: History, key: string | number | undefined, start: Int32Array) {
    this.#history = history;
    this.key = key;
    this.count = start.length;
    this.start = start;
    this.end = new Int32Array(start.length);
    this.optional = new Uint8Array(start.length);
    for (let place = 0; place < start.length; place++) {
      const at = history.completionOf(start[place] as number);
      const isOk = at >= 0 && history.typeAt(at) === 'ok';
      this.end[place] = isOk ? at : never;
      this.optional[place] = isOk ? 0 : 1;
    }
  }

  opAt = (place: number): ModelOp =>
    new StoredOp(this.#history, this.start[place] as number, this.end[place] as number);

  callAt = (place: number): Call => {
    const known = this.#calls?.[place] ?? this.#made.get(place);
    if (known !== undefined) return known;
    const made = this.#make(place);
    this.#made.set(place, made);
    return made;
  };

  processAt(place: number): Process {
    return this.#history.processAt(this.start[place] as number);
  }

  /** Nanoseconds since the run began, by position of the history. */
  timeAt(position: number): number {
    return this.#history.timeAt(position);
  }

  /** All calls as objects; made once. */
  get calls(): readonly Call[] {
    if (this.#calls === undefined) {
      const calls = new Array<Call>(this.count);
      for (let place = 0; place < this.count; place++)
        calls[place] = this.#made.get(place) ?? this.#make(place);
      this.#calls = calls;
    }
    return this.#calls;
  }

  #make(place: number): Call {
    const start = this.start[place] as number;
    const at = this.#history.completionOf(start);
    return {
      invoke: this.#history.op(start),
      completion: at < 0 ? undefined : this.#history.op(at),
      start,
      end: this.end[place] as number,
      optional: this.optional[place] === 1,
    };
  }
}
