// What is known of the order of a register history, as edges, and what is open: the order of chains.
import { type Chains, chainsOf } from './chains.ts';
import { ends } from './history.ts';
import { Ints } from './ints.ts';
import type { Transactions } from './transactions.ts';

/** What an edge stands for. `inner` edges join the vertices of one transaction, or lead through a helper vertex. */
export const links = { inner: 0, process: 1, realtime: 2, wr: 3, ww: 4, rw: 5 } as const;

/**
 * What the order has to respect besides reads and writes: nothing, the order of each process, or of all in real time.
 * `commits` holds only commits that write to real time, and leaves reads free to be stale.
 */
export type SessionOrder = 'none' | 'process' | 'realtime' | 'commits';

/**
 * Vertices are begins and commits under snapshot isolation (2t and 2t + 1), transactions under serializability,
 * then helpers: moments between completions and invocations, and hubs for the initial states of keys.
 * A history satisfies the level exactly if some choice of order for every pair of chains leaves the edges acyclic.
 */
export type Polygraph = {
  readonly txns: Transactions;
  readonly chains: Chains;
  readonly snapshot: boolean;
  readonly vertices: number;
  readonly from: Ints;
  readonly to: Ints;
  /** One of `links`, with the key and the version that the edge is about. */
  readonly link: Ints;
  readonly key: Ints;
  readonly version: Ints;
  /** When each vertex may have happened, as a position in the history: only a hint. */
  readonly hints: Float64Array;
};

/** First vertex of helpers. */
export const helpersFrom = (txns: Transactions, snapshot: boolean): number =>
  snapshot ? 2 * txns.count : txns.count;

/** The vertex at which a transaction begins (also where it reads). */
export const beginOf = (snapshot: boolean, txn: number): number => (snapshot ? 2 * txn : txn);

/** The vertex at which a transaction commits. */
export const commitOf = (snapshot: boolean, txn: number): number => (snapshot ? 2 * txn + 1 : txn);

/** The transaction of a vertex, or -1 for a helper. */
export const txnOfVertex = (txns: Transactions, snapshot: boolean, vertex: number): number =>
  vertex >= helpersFrom(txns, snapshot) ? -1 : snapshot ? vertex >> 1 : vertex;

class PolygraphBuilder {
  readonly from = new Ints(4096);
  readonly to = new Ints(4096);
  readonly link = new Ints(4096);
  readonly key = new Ints(4096);
  readonly version = new Ints(4096);
  readonly hints: number[] = [];
  readonly #txns: Transactions;
  readonly #snapshot: boolean;

  constructor(txns: Transactions, snapshot: boolean) {
    this.#txns = txns;
    this.#snapshot = snapshot;
    const { raw, row } = txns;
    for (let t = 0; t < txns.count; t++) {
      const at = t === 0 ? -1 : (raw.at[row[t] as number] as number);
      const invoked = t === 0 ? -1 : (raw.invokedAt[row[t] as number] as number);
      if (snapshot) this.hints.push(invoked);
      this.hints.push(t > 0 && raw.end[row[t] as number] === ends.ok ? at : invoked);
      if (snapshot) this.edge(2 * t, 2 * t + 1, [links.inner, -1, -1]);
    }
  }

  helper(hint: number): number {
    return this.hints.push(hint) - 1;
  }

  edge(
    from: number,
    to: number,
    meaning: readonly [link: number, key: number, version: number],
  ): void {
    this.from.push(from);
    this.to.push(to);
    this.link.push(meaning[0]);
    this.key.push(meaning[1]);
    this.version.push(meaning[2]);
  }

  begin(txn: number): number {
    return beginOf(this.#snapshot, txn);
  }

  commit(txn: number): number {
    return commitOf(this.#snapshot, txn);
  }

  processes(): void {
    const { session, count } = this.#txns;
    for (let t = 1; t < count; t++)
      if (session[t] === session[t - 1])
        this.edge(this.commit(t - 1), this.begin(t), [links.process, -1, -1]);
  }

  /** A chain of moments: completions lead to the next moment, invocations follow the last. O(n) edges. */
  realtime(of: 'all' | 'commits'): void {
    const { raw, row, count } = this.#txns;
    const txnAt = new Int32Array(raw.ops.length * 2);
    for (let t = 1; t < count; t++) {
      const own = row[t] as number;
      const at = raw.at[own] as number;
      const invoked = raw.invokedAt[own] as number;
      if (raw.end[own] === ends.ok) txnAt[2 * at + 1] = t;
      if (invoked < at || raw.ops[at]?.type === 'invoke') txnAt[2 * invoked] = t;
    }
    let moment = -1;
    let fresh = false;
    for (let i = 0; i < txnAt.length; i++) {
      const txn = txnAt[i] as number;
      if (txn === 0) continue;
      if (i % 2 === 0) {
        const bound = of === 'all' ? this.begin(txn) : this.#writingCommit(txn);
        if (moment >= 0 && bound >= 0) this.edge(moment, bound, [links.realtime, -1, -1]);
        fresh = false;
        continue;
      }
      if (!fresh) {
        const next = this.helper(i / 2);
        if (moment >= 0) this.edge(moment, next, [links.inner, -1, -1]);
        moment = next;
        fresh = true;
      }
      this.edge(this.commit(txn), moment, [links.realtime, -1, -1]);
    }
  }

  #writingCommit(txn: number): number {
    const { keyStart } = this.#txns;
    return keyStart[txn] === keyStart[txn + 1] ? -1 : this.commit(txn);
  }

  reads(): void {
    const { readStart, readFrom, readKey, readWrite, count } = this.#txns;
    for (let t = 1; t < count; t++)
      for (let i = readStart[t] as number; i < (readStart[t + 1] as number); i++)
        this.edge(this.commit(readFrom[i] as number), this.begin(t), [
          links.wr,
          readKey[i] as number,
          readWrite[i] as number,
        ]);
  }

  /** Inside a chain each version's readers precede its successor; the initial state's chain precedes all others. */
  chain(chains: Chains, key: number): void {
    const [initial = -1, ...others] = chains.ofKey[key] ?? [];
    for (const number of chains.ofKey[key] ?? []) {
      const chain = chains.chains[number] as readonly number[];
      for (let i = 0; i + 1 < chain.length; i++)
        this.#overwritten(
          chains,
          chain[i] as number,
          this.commit(chains.writer[chain[i + 1] as number] as number),
          [links.rw, key, chain[i + 1] as number],
        );
    }
    if (others.length === 0) return;
    const last = chains.chains[initial]?.at(-1) as number;
    const heads = others.map((number) => chains.chains[number]?.[0] as number);
    if ((chains.writer[last] as number) > 0) {
      const hub = this.helper(-1);
      this.edge(this.commit(chains.writer[last] as number), hub, [links.ww, key, last]);
      for (const head of heads)
        this.edge(hub, this.begin(chains.writer[head] as number), [links.ww, key, head]);
    }
    if (chains.start[last] === chains.start[last + 1]) return;
    const hub = this.helper(-1);
    this.#overwritten(chains, last, hub, [links.rw, key, -1]);
    for (const head of heads)
      this.edge(hub, this.commit(chains.writer[head] as number), [links.rw, key, head]);
  }

  #overwritten(
    chains: Chains,
    version: number,
    to: number,
    meaning: readonly [number, number, number],
  ): void {
    for (let i = chains.start[version] as number; i < (chains.start[version + 1] as number); i++)
      this.edge(this.begin(chains.readers[i] as number), to, meaning);
  }
}

/** Builds the known edges. Meant for histories whose reads are right by themselves and whose chains do not fork. */
export const polygraphOf = (
  txns: Transactions,
  options: { snapshot: boolean; order: SessionOrder },
): Polygraph => {
  const chains = chainsOf(txns);
  const builder = new PolygraphBuilder(txns, options.snapshot);
  if (options.order === 'process' || options.order === 'realtime') builder.processes();
  if (options.order === 'realtime') builder.realtime('all');
  if (options.order === 'commits') builder.realtime('commits');
  builder.reads();
  for (let key = 0; key < chains.ofKey.length; key++) builder.chain(chains, key);
  const { from, to, link, key, version } = builder;
  const hints = Float64Array.from(builder.hints);
  return {
    txns,
    chains,
    snapshot: options.snapshot,
    vertices: hints.length,
    from,
    to,
    link,
    key,
    version,
    hints,
  };
};
