// What a report is made from: everything of a run folder that it shows.
import type { RunResult } from '../contract/events.ts';
import type { LedgerEntry } from '../contract/faults.ts';
import type { TestRecord } from '../contract/test-record.ts';
import type { Op } from '../history/op.ts';

/** The end of one log file of a node. */
export type NodeLog = {
  readonly node: string;
  /** Path below the node's folder. */
  readonly file: string;
  /** The last part of the file, whole lines. */
  readonly tail: string;
  /** Size of the whole file. */
  readonly bytes: number;
};

export type RunData = {
  /** The run folder as people are told it. */
  readonly folder: string;
  readonly test: TestRecord;
  readonly history: readonly Op[];
  readonly ledger: readonly LedgerEntry[];
  /** Absent when the run ended before it was judged. */
  readonly result?: RunResult;
  readonly logs: readonly NodeLog[];
  /** What of the folder could not be read, a sentence each. */
  readonly unread: readonly string[];
};
