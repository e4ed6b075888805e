// Large simulated histories as columns: a database that is strict serializable, or has no isolation at all.
import { type Columns, mopCodes, nilValue, typeCodes } from 'elle-js-bridge';

export type BigOptions = {
  readonly workload: 'list-append' | 'rw-register';
  readonly txns: number;
  readonly concurrency: number;
  /** 'none': some reads of a transaction are as old as its invocation. */
  readonly isolation?: 'strict-serializable' | 'none';
  readonly seed?: number;
};

/** Small and quick; the same numbers for the same seed everywhere. */
const randomOf = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

class Column {
  items = new Int32Array(1 << 16);
  length = 0;
  push(item: number): void {
    if (this.length === this.items.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.length++] = item;
  }
  view(): Int32Array {
    return this.items.subarray(0, this.length);
  }
}

type Running = {
  readonly mops: (readonly [f: number, key: number, value: number])[];
  readonly began: number;
  /** What it read and wrote, once it has taken effect. */
  results?: readonly (readonly [f: number, key: number, value: number])[];
};

const keyCount = 10;
const maxWritesPerKey = 256;

/** Keys of a pool, the first ones oftener; each is replaced after a number of writes of its own. */
class KeyPool {
  readonly #random: () => number;
  readonly #active: number[] = [];
  readonly #limit: number[] = [];
  readonly written: number[] = [];

  constructor(random: () => number) {
    this.#random = random;
    for (let i = 0; i < keyCount; i++) this.#active.push(this.#fresh());
  }

  #fresh(): number {
    this.written.push(0);
    // Zipf with exponent 1, by its inverse.
    this.#limit.push(Math.floor((maxWritesPerKey + 1) ** this.#random()));
    return this.written.length - 1;
  }

  pick(): number {
    const place = Math.min(
      keyCount - 1,
      Math.floor(-Math.log2(1 - this.#random() * (1 - 2 ** -keyCount))),
    );
    return this.#active[place]!;
  }

  write(key: number): number {
    const value = ++this.written[key]!;
    if (value >= this.#limit[key]!) {
      const place = this.#active.indexOf(key);
      if (place >= 0) this.#active[place] = this.#fresh();
    }
    return value;
  }
}

/** Builds a history of completed transactions, about five micro-operations each. */
export const bigHistory = (options: BigOptions): Columns => {
  const random = randomOf(options.seed ?? 1);
  const pool = new KeyPool(random);
  const builder = new Builder(
    options.workload === 'list-append',
    options.isolation ?? 'strict-serializable',
  );
  const write = options.workload === 'list-append' ? mopCodes.append : mopCodes.w;
  const running: (Running | undefined)[] = Array.from({ length: options.concurrency });
  let begun = 0;
  let done = 0;
  while (done < options.txns) {
    const process = Math.floor(random() * options.concurrency);
    const current = running[process];
    if (current && !current.results) current.results = builder.takeEffect(current);
    else if (current) {
      builder.complete(process, current);
      running[process] = undefined;
      done++;
    } else if (begun < options.txns) {
      const mops: Running['mops'] = [];
      for (let left = 1 + Math.floor(random() * 9); left > 0; left--) {
        const key = pool.pick();
        if (random() < 0.5) mops.push([mopCodes.r, key, 0]);
        else mops.push([write, key, pool.write(key)]);
      }
      running[process] = { mops, began: builder.begin(process, mops) };
      begun++;
    }
  }
  return builder.columns();
};

class Builder {
  readonly #lists: boolean;
  readonly #isolation: string;
  readonly #type = new Column();
  readonly #process = new Column();
  readonly #mopStart = new Column();
  readonly #mopF = new Column();
  readonly #mopKey = new Column();
  readonly #mopValue = new Column();
  readonly #listStart = new Column();
  readonly #elements = new Column();
  /** Committed values of each key in order of commit, and when. */
  readonly #values: number[][] = [];
  readonly #times: number[][] = [];
  #clock = 0;

  constructor(lists: boolean, isolation: string) {
    this.#lists = lists;
    this.#isolation = isolation;
    this.#mopStart.push(0);
    this.#listStart.push(0);
  }

  begin(process: number, mops: Running['mops']): number {
    this.#row(typeCodes.invoke, process);
    for (const [f, key, value] of mops)
      this.#mop(f, key, f === mopCodes.r ? (this.#lists ? -1 : nilValue) : value);
    this.#mopStart.push(this.#mopF.length);
    return this.#clock;
  }

  #row(type: number, process: number): void {
    this.#type.push(type);
    this.#process.push(process);
  }

  #mop(f: number, key: number, value: number): void {
    this.#mopF.push(f);
    this.#mopKey.push(key);
    this.#mopValue.push(value);
  }

  /** Runs a transaction at some moment before its completion; without isolation some reads are older. */
  takeEffect({ mops, began }: Running): NonNullable<Running['results']> {
    this.#clock++;
    const own: number[] = [];
    return mops.map(([f, key, value], i) => {
      this.#values[key] ??= [];
      this.#times[key] ??= [];
      if (f !== mopCodes.r) {
        this.#values[key].push(value);
        this.#times[key].push(this.#clock);
        own.push(key);
        return [f, key, value];
      }
      const isOld = this.#isolation === 'none' && i % 2 === 0 && !own.includes(key);
      return [f, key, isOld ? this.#lengthAt(key, began) : this.#values[key].length];
    });
  }

  complete(process: number, { results }: Running): void {
    this.#row(typeCodes.ok, process);
    for (const [f, key, value] of results!)
      if (f === mopCodes.r) this.#read(key, value);
      else this.#mop(f, key, value);
    this.#mopStart.push(this.#mopF.length);
  }

  #lengthAt(key: number, time: number): number {
    const times = this.#times[key]!;
    let length = times.length;
    while (length > 0 && times[length - 1]! > time) length--;
    return length;
  }

  #read(key: number, length: number): void {
    const values = this.#values[key]!;
    if (!this.#lists) {
      this.#mop(mopCodes.r, key, length === 0 ? nilValue : values[length - 1]!);
      return;
    }
    this.#mop(mopCodes.r, key, this.#listStart.length - 1);
    for (let i = 0; i < length; i++) this.#elements.push(values[i]!);
    this.#listStart.push(this.#elements.length);
  }

  columns(): Columns {
    const lists = {
      listStart: Uint32Array.from(this.#listStart.view()),
      listElements: this.#elements.view(),
    };
    return {
      type: Uint8Array.from(this.#type.view()),
      process: this.#process.view(),
      mopStart: Uint32Array.from(this.#mopStart.view()),
      mopF: Uint8Array.from(this.#mopF.view()),
      mopKey: this.#mopKey.view(),
      mopValue: this.#mopValue.view(),
      ...(this.#lists ? lists : {}),
    };
  }
}

/** One huge component: every transaction reads what the next one wrote, the last what the first did; no shorter cycle. */
export const ringHistory = (txns: number): Columns => {
  const mops = txns * 4;
  const column = (valueAt: (at: number) => number): Int32Array =>
    Int32Array.from({ length: mops }, (_, at) => valueAt(at));
  // Invocations first, so that real time says nothing; then the completions, each with a write and a read.
  const txnOf = (at: number): number => Math.floor(at / 2) % txns;
  const isRead = (at: number): boolean => at % 2 === 1;
  return {
    type: Uint8Array.from({ length: 2 * txns }, (_, i) =>
      i < txns ? typeCodes.invoke : typeCodes.ok,
    ),
    process: Int32Array.from({ length: 2 * txns }, (_, i) => i % txns),
    mopStart: Uint32Array.from({ length: 2 * txns + 1 }, (_, i) => 2 * i),
    mopF: Uint8Array.from({ length: mops }, (_, at) => (isRead(at) ? mopCodes.r : mopCodes.w)),
    mopKey: column((at) => (isRead(at) ? (txnOf(at) + 1) % txns : txnOf(at))),
    mopValue: column((at) => (isRead(at) && at < mops / 2 ? nilValue : 1)),
  };
};
