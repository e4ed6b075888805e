// The journal: `history.jsonl`, one operation a line, written while the run goes on.
import type { Journal } from '../contract/journal.ts';
import { stringifyOp } from '../history/codec.ts';
import { LineAppender } from './appender.ts';
import type { Run } from './run-folder.ts';

/**
 * Opens the journal of a run. `kill -9` loses at most the last 100 ms. After an error (full disk …) every append throws
 * the same infrastructure error, and what was written before stays readable.
 */
export const openJournal = (run: Run): Journal => {
  const lines = new LineAppender(run.historyFile);
  return {
    append: (op) => lines.append(`${stringifyOp(op)}\n`),
    flush: () => lines.flush(),
    close: () => lines.close(),
  };
};
