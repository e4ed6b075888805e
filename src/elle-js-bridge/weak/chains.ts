// Writes of a key joined into chains: who reads a version and overwrites it comes next, in any order.
import { mopKinds } from './history.ts';
import type { Transactions } from './transactions.ts';

/** Two transactions that read the same version of a key and both overwrote it. */
export type LostUpdate = {
  readonly key: number;
  readonly version: number;
  readonly txns: readonly [number, number];
};

/**
 * Versions are the final writes of committed transactions by number, and `writes + key` for the key's initial state.
 * A chain is a list of versions that follow each other directly; the chain of the initial state is its key's first.
 */
export type Chains = {
  readonly writes: number;
  readonly chains: readonly (readonly number[])[];
  /** Per key its chains by number; the one of the initial state is first. */
  readonly ofKey: readonly (readonly number[])[];
  /**
   * Transactions that read version v, except the one that overwrote it: `readers[start[v]] … readers[start[v +
   * 1]]`.
   */
  readonly start: Int32Array;
  readonly readers: Int32Array;
  /** Per version the transaction that wrote it. */
  readonly writer: Int32Array;
  readonly lost: readonly LostUpdate[];
  /** Reads of one key in one transaction that saw two versions. */
  readonly unrepeatable: readonly (readonly [txn: number, read: number, other: number])[];
};

const versionOf = (txns: Transactions, read: number): number => {
  const write = txns.readWrite[read] as number;
  return write < 0 ? txns.raw.values.length + (txns.readKey[read] as number) : write;
};

type Joining = {
  next: Int32Array;
  hasPrevious: Uint8Array;
  lost: LostUpdate[];
  unrepeatable: [number, number, number][];
  /** Version seen by each read that counts as a reader, or -1. */
  seen: Int32Array;
};

/** Walks the transactions and notes who read what, and who overwrote it. */
const join = (txns: Transactions): Joining => {
  const { raw } = txns;
  const keys = raw.keys.names.length;
  const versions = raw.values.length + keys;
  const joined: Joining = {
    next: new Int32Array(versions).fill(-1),
    hasPrevious: new Uint8Array(versions),
    lost: [],
    unrepeatable: [],
    seen: new Int32Array(txns.readKey.length).fill(-1),
  };
  const written = new Int32Array(keys);
  const write = new Int32Array(keys);
  const readBy = new Int32Array(keys);
  const readAt = new Int32Array(keys);
  for (let t = 1; t < txns.count; t++) {
    const row = txns.row[t] as number;
    for (let mop = raw.mopStart[row] as number; mop < (raw.mopStart[row + 1] as number); mop++) {
      if (raw.mopKind[mop] !== mopKinds.write) continue;
      written[raw.mopKey[mop] as number] = t;
      write[raw.mopKey[mop] as number] = raw.mopWrite[mop] as number;
    }
    for (let i = txns.readStart[t] as number; i < (txns.readStart[t + 1] as number); i++) {
      const key = txns.readKey[i] as number;
      const version = versionOf(txns, i);
      if (readBy[key] === t) {
        const first = readAt[key] as number;
        if (versionOf(txns, first) !== version) joined.unrepeatable.push([t, first, i]);
        continue;
      }
      readBy[key] = t;
      readAt[key] = i;
      if (written[key] === t) overwrite(txns, joined, { version, by: write[key] as number });
      else joined.seen[i] = version;
    }
  }
  return joined;
};

const overwrite = (
  txns: Transactions,
  joined: Joining,
  at: { version: number; by: number },
): void => {
  const { raw, txnOfRow } = txns;
  const txnOf = (write: number): number => txnOfRow[raw.writer[write] as number] as number;
  const other = joined.next[at.version] as number;
  const key = raw.writeKey[at.by] as number;
  joined.hasPrevious[at.by] = 1;
  if (other < 0) joined.next[at.version] = at.by;
  else joined.lost.push({ key, version: at.version, txns: [txnOf(other), txnOf(at.by)] });
};

const follow = (next: Int32Array, head: number): number[] => {
  const chain = [head];
  for (let v = next[head] as number; v >= 0; v = next[v] as number) chain.push(v);
  return chain;
};

/** Joins the writes of a register history into chains. */
export const chainsOf = (txns: Transactions): Chains => {
  const { raw } = txns;
  const joined = join(txns);
  const writes = raw.values.length;
  const writer = new Int32Array(writes + raw.keys.names.length);
  const chains: number[][] = [];
  const ofKey = raw.keys.names.map((_, key) => [
    chains.push(follow(joined.next, writes + key)) - 1,
  ]);
  for (let write = 0; write < writes; write++) {
    writer[write] = txns.txnOfRow[raw.writer[write] as number] as number;
    if ((writer[write] as number) < 1 || raw.overwritten[write] === 1) continue;
    if (joined.hasPrevious[write] === 1) continue;
    ofKey[raw.writeKey[write] as number]?.push(chains.push(follow(joined.next, write)) - 1);
  }
  const start = new Int32Array(writer.length + 2);
  for (const version of joined.seen) if (version >= 0) start[version + 2]!++;
  for (let v = 0; v < writer.length; v++) start[v + 2]! += start[v + 1] as number;
  const readers = new Int32Array(start[writer.length + 1] as number);
  for (let t = 1; t < txns.count; t++)
    for (let i = txns.readStart[t] as number; i < (txns.readStart[t + 1] as number); i++) {
      const version = joined.seen[i] as number;
      if (version >= 0) readers[start[version + 1]!++] = t;
    }
  return {
    writes,
    chains,
    ofKey,
    start,
    readers,
    writer,
    lost: joined.lost,
    unrepeatable: joined.unrepeatable,
  };
};
