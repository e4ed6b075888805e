// A simulated database of several clients: right at a level of isolation, or wrong in one known way.
import type { Mop, Scalar, TxnOp } from 'elle-js-bridge';
import { type Chance, chanceOf } from './random.ts';

export type Level = 'strict-serializable' | 'serializable' | 'snapshot';
export type Bug =
  | 'stale-read'
  | 'lost-update'
  | 'write-skew'
  | 'read-skew'
  | 'dirty-read'
  | 'long-fork'
  | 'aborted-read'
  | 'fractured-read'
  | 'reordered-commits';

export type DatabaseOptions = {
  readonly seed: number;
  readonly level: Level;
  readonly bug?: Bug;
  readonly lists: boolean;
  readonly txns?: number;
};

type Version = { readonly time: number; readonly values: readonly Scalar[] };
type Running = {
  readonly process: number;
  readonly mops: readonly Mop[];
  readonly began: number;
  /** Time as of which it reads. */
  readonly snapshot: number;
  readonly done: Mop[];
  readonly own: Map<string, Scalar[]>;
  readonly site: number;
};

const keys = ['x', 'y', 'z'];
const processes = 5;
/** How long the other site lags behind, in events. */
const lag = 30;
const lostMax = 0.05;

/** A history of a run. */
export const runDatabase = (options: DatabaseOptions): TxnOp[] => new Database(options).run();

class Database {
  readonly #options: DatabaseOptions;
  readonly #chance: Chance;
  readonly #versions = new Map<string, Version[]>(
    keys.map((key) => [key, [{ time: 0, values: [] }]]),
  );
  readonly #history: TxnOp[] = [];
  readonly #running: (Running | undefined)[] = Array.from({ length: processes });
  readonly #written: Record<string, number> = {};
  readonly #names = Array.from({ length: processes }, (_, i) => i);
  #time = 0;
  #begun = 0;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#chance = chanceOf(options.seed);
  }

  run(): TxnOp[] {
    const txns = this.#options.txns ?? 60;
    for (let done = 0; done < txns; ) {
      this.#time++;
      const process = this.#chance.below(processes);
      const current = this.#running[process];
      if (!current) {
        if (this.#begun < txns) this.#begin(process);
      } else if (current.done.length < current.mops.length) this.#step(current);
      else {
        this.#finish(current);
        done++;
      }
    }
    return this.#history;
  }

  #push(process: number, type: TxnOp['type'], value: readonly Mop[]): void {
    const index = this.#history.length;
    this.#history.push({
      index,
      time: this.#time * 1_000_000,
      process: this.#names[process]!,
      type,
      f: 'txn',
      value,
    });
  }

  #begin(process: number): void {
    const site = process % 2;
    const mops = this.#plan(site);
    const isReadOnly = mops.every((mop) => mop[0] === 'r');
    const { level, bug } = this.#options;
    const mayLag = isReadOnly && (level === 'serializable' || bug === 'stale-read');
    const late = mayLag && this.#chance.next() < 0.5 ? this.#chance.below(lag) : 0;
    const snapshot = Math.max(0, this.#time - late);
    this.#running[process] = {
      process,
      mops,
      began: this.#time,
      snapshot,
      done: [],
      own: new Map(),
      site,
    };
    this.#push(process, 'invoke', mops);
    this.#begun++;
  }

  /** Micro-operations; with a long fork, each site writes keys of its own. */
  #plan(site: number): Mop[] {
    const { bug, lists } = this.#options;
    const length = 1 + this.#chance.below(4);
    const isReader = this.#chance.next() < 0.4;
    return Array.from({ length }, (): Mop => {
      const forked = bug === 'long-fork' && !isReader;
      const key = forked ? keys[site]! : this.#chance.pick(keys);
      if (isReader || (!forked && this.#chance.next() < 0.4)) return ['r', key, null];
      this.#written[key] = (this.#written[key] ?? 0) + 1;
      return [lists ? 'append' : 'w', key, this.#written[key]];
    });
  }

  /** The values of a key as a transaction sees them now. */
  #see(txn: Running, key: string): readonly Scalar[] {
    const versions = this.#versions.get(key)!;
    const { bug } = this.#options;
    if (bug === 'read-skew') return versions.at(-1)!.values;
    if (bug === 'dirty-read' || bug === 'aborted-read')
      return this.#dirty(txn, key) ?? versions.at(-1)!.values;
    let until = txn.snapshot;
    if (bug === 'long-fork' && keys.indexOf(key) !== txn.site) until -= lag;
    if (bug === 'fractured-read' && key === 'x') until -= 6;
    return versions.findLast((version) => version.time <= until)?.values ?? [];
  }

  /** What some other transaction has written and not committed. */
  #dirty(txn: Running, key: string): readonly Scalar[] | undefined {
    const others = this.#running.filter((other) => other && other !== txn && other.own.has(key));
    return others.length > 0 && this.#chance.next() < 0.5 ? others[0]!.own.get(key) : undefined;
  }

  #step(txn: Running): void {
    const mop = txn.mops[txn.done.length]!;
    const key = mop[1] as string;
    const values = txn.own.get(key) ?? [...this.#see(txn, key)];
    if (mop[0] === 'r') {
      txn.done.push([
        'r',
        key,
        (this.#options.lists ? [...values] : (values.at(-1) ?? null)) as never,
      ]);
      return;
    }
    txn.own.set(key, [...values, mop[2]]);
    txn.done.push(mop);
  }

  /** Whether what a transaction relied on has changed since its snapshot. */
  #conflicts(txn: Running): boolean {
    const { level, bug } = this.#options;
    if (bug === 'lost-update' || bug === 'dirty-read' || bug === 'aborted-read') return false;
    const isReadOnly = txn.own.size === 0;
    if (isReadOnly && (level !== 'strict-serializable' || bug !== undefined)) return false;
    const touched = new Set(txn.mops.map((mop) => mop[1] as string));
    const isLoose = level === 'snapshot' || bug === 'write-skew' || bug === 'read-skew';
    const relied =
      isLoose || bug === 'fractured-read' || bug === 'long-fork'
        ? new Set(txn.own.keys())
        : touched;
    return [...relied].some((key) => this.#versions.get(key)!.at(-1)!.time > txn.snapshot);
  }

  #finish(txn: Running): void {
    this.#running[txn.process] = undefined;
    const fate = this.#chance.next();
    const aborts = this.#options.bug === 'aborted-read' && fate < 0.3;
    if (aborts || this.#conflicts(txn)) {
      this.#push(txn.process, 'fail', txn.mops);
      return;
    }
    const isLost = fate < lostMax;
    if (!isLost || this.#chance.next() < 0.5) this.#commit(txn);
    this.#push(txn.process, isLost ? 'info' : 'ok', isLost ? txn.mops : txn.done);
    if (isLost) this.#names[txn.process]! += processes;
  }

  #commit(txn: Running): void {
    for (const [key, values] of txn.own) {
      const versions = this.#versions.get(key)!;
      const last = versions.at(-1)!;
      const added = txn.mops
        .filter((mop) => mop[0] !== 'r' && mop[1] === key)
        .map((mop) => mop[2] as Scalar);
      const isBlind = ['lost-update'].includes(this.#options.bug ?? '');
      const swaps =
        this.#options.bug === 'reordered-commits' && key === 'x' && last.values.length > 0;
      const next = isBlind
        ? values
        : swaps
          ? [...last.values.slice(0, -1), ...added, last.values.at(-1)!]
          : [...last.values, ...added];
      versions.push({ time: this.#time, values: next });
    }
  }
}
