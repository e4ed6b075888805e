// A simulated register store with real concurrency: serializable or snapshot-isolated, with lag or a planted bug on demand.
import type { Op } from '../../src/elle-js-bridge/op.ts';
import { dice } from './histories.ts';

/** What the store promises, or how it breaks the promise. */
export type Behaviour =
  | 'serializable'
  | 'snapshot'
  /** Snapshots may be some commits old: still snapshot isolation, no longer strong. */
  | 'lagging-snapshot'
  /** No check for conflicting writes at commit. */
  | 'lost-update'
  /** Each read sees the newest commit, writes become visible together: read committed. */
  | 'read-committed'
  /** Two replicas apply commits in different orders and serve whole snapshots. */
  | 'long-fork'
  /** Reads may see writes of transactions that abort. */
  | 'dirty-read'
  /** A read now and then answers with an older version. */
  | 'stale-read';

/** The shape of a run. */
export type Run = {
  readonly seed: number;
  readonly txns: number;
  readonly threads: number;
  readonly keys: number;
  readonly steps: number;
  readonly behaviour: Behaviour;
};

type Mop = ['r' | 'w', number, number | null];
type Version = { readonly value: number; readonly at: number };
type Active = {
  process: number;
  thread: number;
  mops: Mop[];
  begun: number;
  phase: number;
  dies: boolean;
};

class Store {
  readonly ops: Op[] = [];
  readonly #roll: (bound: number) => number;
  readonly #run: Run;
  readonly #versions: Version[][];
  readonly #processes: number[];
  #commits = 0;
  #written = 0;

  constructor(run: Run) {
    this.#run = run;
    this.#roll = dice(run.seed);
    this.#versions = Array.from({ length: run.keys }, () => []);
    this.#processes = Array.from({ length: run.threads }, (_, i) => i);
  }

  execute(): Op[] {
    const active: (Active | undefined)[] = Array.from(
      { length: this.#run.threads },
      () => undefined,
    );
    let begun = 0;
    while (begun < this.#run.txns || active.some((txn) => txn !== undefined)) {
      const thread = this.#roll(this.#run.threads);
      const txn = active[thread];
      if (txn !== undefined) active[thread] = this.#advance(txn);
      else if (begun < this.#run.txns) {
        begun++;
        active[thread] = this.#begin(thread);
      }
    }
    return this.ops;
  }

  #push(txn: Active, type: Op['type']): void {
    const value = txn.mops.map(([f, k, v]): Mop => [f, k, f === 'r' && type !== 'ok' ? null : v]);
    const index = this.ops.length;
    this.ops.push({ index, time: index * 1000, process: txn.process, type, f: 'txn', value });
  }

  #begin(thread: number): Active {
    const mops = Array.from({ length: this.#run.steps }, (): Mop => {
      const key = this.#roll(this.#run.keys);
      return this.#roll(2) === 0 ? ['r', key, null] : ['w', key, ++this.#written];
    });
    const process = this.#processes[thread] as number;
    const txn = {
      process,
      thread,
      mops,
      begun: this.#commits,
      phase: 0,
      dies: this.#roll(40) === 0,
    };
    this.#push(txn, 'invoke');
    return txn;
  }

  /** Invoked, then executed, then answered: any of the others may come between. */
  #advance(txn: Active): Active | undefined {
    const committed = txn.phase === 0 ? this.#commit(txn) : txn.phase === 1;
    if (txn.phase === 0) return { ...txn, phase: committed ? 1 : 2 };
    if (!committed) this.#push(txn, 'fail');
    else if (txn.dies) {
      this.#push(txn, 'info');
      this.#processes[txn.thread] = txn.process + this.#run.threads;
    } else this.#push(txn, 'ok');
    return undefined;
  }

  #seen(txn: Active, key: number, at: number): number | null {
    const versions = this.#versions[key] as Version[];
    const { behaviour } = this.#run;
    const fork = behaviour === 'long-fork' ? txn.thread % 2 : -1;
    const visible = versions.findLast(
      (v) => v.at <= at && (fork < 0 || v.at + 6 <= at || v.at % 2 === fork),
    );
    if (behaviour !== 'stale-read' || this.#roll(40) > 0) return visible?.value ?? null;
    return versions.at(-3)?.value ?? null;
  }

  #commit(txn: Active): boolean {
    const { behaviour } = this.#run;
    const lag = behaviour === 'lagging-snapshot' ? this.#roll(8) : 0;
    const snapshot =
      behaviour === 'serializable' || behaviour === 'stale-read' || behaviour === 'long-fork'
        ? this.#commits
        : Math.max(0, txn.begun - lag);
    const own = new Map<number, number>();
    for (const mop of txn.mops) {
      if (mop[0] === 'w') own.set(mop[1], mop[2] as number);
      else mop[2] = own.get(mop[1]) ?? this.#seen(txn, mop[1], this.#readAt(snapshot));
    }
    const clash = [...own.keys()].some((key) => (this.#versions[key]?.at(-1)?.at ?? 0) > snapshot);
    const checked =
      behaviour === 'snapshot' || behaviour === 'lagging-snapshot' || behaviour === 'long-fork';
    const aborts = (checked && clash) || (behaviour === 'dirty-read' && this.#roll(10) === 0);
    if (aborts && behaviour !== 'dirty-read') return false;
    this.#commits++;
    for (const [key, value] of own) this.#versions[key]?.push({ value, at: this.#commits });
    return !aborts;
  }

  #readAt(snapshot: number): number {
    const { behaviour } = this.#run;
    if (behaviour === 'read-committed') return this.#commits - this.#roll(3);
    return behaviour === 'dirty-read' ? this.#commits : snapshot;
  }
}

/** Runs the store and answers its history. */
export const simulate = (run: Run): Op[] => new Store(run).execute();
