// What lists tell by themselves: the order in which a key's elements were appended, and reads that contradict it.
import { type CommitEdges, reasons } from './edges.ts';
import { ends, mopKinds, type RawHistory } from './history.ts';
import type { ReadAnomaly, Transactions } from './transactions.ts';

const isPrefix = (list: readonly unknown[], longest: readonly unknown[]): boolean => {
  if (list === longest) return true;
  for (let i = list.length - 1; i >= 0; i--) if (list[i] !== longest[i]) return false;
  return true;
};

/** The row that read each key's longest list, and the keys whose reads are not prefixes of it. */
const scanReads = (raw: RawHistory): { reader: Int32Array; anomalies: ReadAnomaly[] } => {
  const reader = new Int32Array(raw.longest.length).fill(-1);
  const wrong = new Map<number, ReadAnomaly>();
  for (let row = 0; row < raw.at.length; row++) {
    if (raw.end[row] !== ends.ok) continue;
    const steps = raw.ops[raw.at[row] as number]?.value as readonly (readonly unknown[])[];
    for (let mop = raw.mopStart[row] as number, i = 0; i < steps.length; mop++, i++) {
      const list = (steps[i] as readonly unknown[])[2];
      if (raw.mopKind[mop] !== mopKinds.read || !Array.isArray(list)) continue;
      const key = raw.mopKey[mop] as number;
      const longest = raw.longest[key] ?? [];
      if (list === longest) reader[key] = row;
      else if (!isPrefix(list, longest) && !wrong.has(key))
        wrong.set(key, { type: 'incompatible-order', row, key, value: list, expected: longest });
    }
  }
  return { reader, anomalies: [...wrong.values()] };
};

/** Writes in the order of the key's longest list. Elements nobody wrote, aborted ones and repetitions are anomalies. */
class VersionOrders {
  readonly anomalies: ReadAnomaly[] = [];
  /** Per write: 1 if it is in its key's order. */
  readonly placed: Uint8Array;
  /** Per key the last write in its order, or -1. */
  readonly last: Int32Array;
  readonly #txns: Transactions;
  readonly #edges: CommitEdges;

  constructor(txns: Transactions, edges: CommitEdges) {
    this.#txns = txns;
    this.#edges = edges;
    this.placed = new Uint8Array(txns.raw.values.length);
    this.last = new Int32Array(txns.raw.keys.names.length).fill(-1);
  }

  key(
    key: number,
    list: readonly unknown[],
    at: { row: number; writes: ReadonlyMap<unknown, number> },
  ): void {
    const { raw, txnOfRow } = this.#txns;
    for (const value of list) {
      const write = at.writes.get(value);
      const found = { row: at.row, key, value };
      // What is wrong with the last element was said of the read itself.
      const isLast = value === list[list.length - 1];
      if (write === undefined) {
        if (!isLast) this.anomalies.push({ type: 'garbage-read', ...found });
        continue;
      }
      if (this.placed[write] === 1) {
        this.anomalies.push({ type: 'duplicate-elements', ...found });
        continue;
      }
      this.placed[write] = 1;
      const before = raw.overwrites[write] as number;
      if (before >= 0 && this.placed[before] === 0) this.#missing(write, before, at.row);
      if ((txnOfRow[raw.writer[write] as number] as number) < 0) {
        const writer = raw.writer[write] as number;
        if (!isLast) this.anomalies.push({ type: 'G1a', ...found, writer });
        continue;
      }
      this.#link(this.last[key] as number, write, key);
      this.last[key] = write;
    }
  }

  /** Appends that nobody saw come after all that somebody saw. */
  unseen(): void {
    const { raw, txnOfRow } = this.#txns;
    for (let write = 0; write < raw.values.length; write++) {
      const key = raw.writeKey[write] as number;
      if (this.placed[write] === 1 || (txnOfRow[raw.writer[write] as number] as number) < 0)
        continue;
      this.#link(this.last[key] as number, write, key);
    }
  }

  #missing(write: number, before: number, row: number): void {
    const { raw } = this.#txns;
    this.anomalies.push({
      type: 'missing-append',
      row,
      key: raw.writeKey[write] as number,
      value: raw.values[write],
      expected: raw.values[before],
      writer: raw.writer[write] as number,
    });
  }

  #link(before: number, after: number, key: number): void {
    if (before < 0) return;
    const { raw, txnOfRow } = this.#txns;
    const from = txnOfRow[raw.writer[before] as number] as number;
    const to = txnOfRow[raw.writer[after] as number] as number;
    if (from !== to) this.#edges.add(from, to, reasons.ww, [after, key, before]);
  }
}

/** Adds the orders of appends that reads of lists reveal, and answers what is wrong with the lists themselves. */
export const versionOrders = (txns: Transactions, edges: CommitEdges): ReadAnomaly[] => {
  const { raw } = txns;
  if (!raw.lists) return [];
  const { reader, anomalies } = scanReads(raw);
  const writes = new Map<number, Map<unknown, number>>();
  for (let write = 0; write < raw.values.length; write++) {
    const key = raw.writeKey[write] as number;
    const known = writes.get(key) ?? new Map<unknown, number>();
    known.set(raw.values[write], write);
    writes.set(key, known);
  }
  const orders = new VersionOrders(txns, edges);
  raw.longest.forEach((list, key) => {
    const at = { row: reader[key] as number, writes: writes.get(key) ?? new Map() };
    if (list !== undefined) orders.key(key, list, at);
  });
  orders.unseen();
  return [...anomalies, ...orders.anomalies];
};
