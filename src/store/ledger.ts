// The ledger: `faults.jsonl`, every fault on disk before it strikes, so that `heal` can undo it after any crash.
import { open } from 'node:fs/promises';
import type { LedgerEntry } from '../contract/faults.ts';
import { stringifyJson } from '../history/json.ts';
import { writeError } from './disk-error.ts';
import type { Run } from './run-folder.ts';

const newline = 10;

/** Whether a writer that died left half a line at the end. */
const endsTorn = async (handle: Awaited<ReturnType<typeof open>>): Promise<boolean> => {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] !== newline;
};

/**
 * Appends an entry and fsyncs it before resolving. Another process (`ordeal heal`) may append to the same file: an entry
 * is one write, and half a line that a killed writer left is ended first; nobody was told that it was written.
 */
export const appendLedger = async (run: Run, entry: LedgerEntry): Promise<void> => {
  const line = `${stringifyJson(entry)}\n`;
  try {
    await using handle = await open(run.faultsFile, 'a+', 0o644);
    await handle.appendFile((await endsTorn(handle)) ? `\n${line}` : line);
    await handle.datasync();
  } catch (cause) {
    throw writeError(run.faultsFile, cause);
  }
};
