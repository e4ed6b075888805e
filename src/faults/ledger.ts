// What a ledger (`faults.jsonl`) says: which run it is, and which of its faults were never settled.
import type { LedgerEntry, Plan } from '../contract/faults.ts';

/** Writes one entry; resolves when it is on disk. */
export type AppendLedger = (entry: LedgerEntry) => Promise<void>;

export type LedgerState = {
  /** The first entry; undefined when the file is empty or torn before it. */
  readonly run: Extract<LedgerEntry, { type: 'run' }> | undefined;
  /** Planned and not healed, newest first: they may be in force. */
  readonly unsettled: readonly { readonly id: string; readonly plan: Plan }[];
  /** Time of the last entry, nanoseconds since the run began. */
  readonly lastTime: number;
};

/** Reads the state out of the entries; only `healed` settles a fault, whatever failed before it. */
export const ledgerState = (entries: readonly LedgerEntry[]): LedgerState => {
  const healed = new Set(entries.flatMap((entry) => (entry.type === 'healed' ? [entry.id] : [])));
  const planned = entries.flatMap((entry) => (entry.type === 'planned' ? [entry] : []));
  return {
    run: entries.find((entry) => entry.type === 'run'),
    unsettled: planned
      .filter(({ id }) => !healed.has(id))
      .map(({ id, plan }) => ({ id, plan }))
      .toReversed(),
    lastTime: entries.reduce(
      (last, entry) => ('time' in entry ? Math.max(last, entry.time) : last),
      0,
    ),
  };
};
