// Which file of a run holds its history, and in which form a history file is.
import { existsSync } from 'node:fs';
import type { Run } from './run-folder.ts';

/** What a file's name says about it. `rows` is the closed form. */
export type HistoryForm = 'jsonl' | 'rows' | 'edn';

/** The form of a history file by its name, `.gz` and `.zst` left aside; JSON Lines unless it says otherwise. */
export const formOf = (path: string): HistoryForm => {
  const name = path.replace(/\.(gz|zst)$/, '');
  if (name.endsWith('.edn')) return 'edn';
  return name.endsWith('.rows') ? 'rows' : 'jsonl';
};

/** The closed history of a run. */
export const closedFileOf = (run: Run): string => run.historyFile.replace(/\.jsonl$/, '.rows.zst');

/** The file with the history of a run; the plain one first, which is whole as long as it exists. */
export const historyFileOf = (run: Run): string =>
  [run.historyFile, closedFileOf(run), `${run.historyFile}.zst`, `${run.historyFile}.gz`].find(
    (path) => existsSync(path),
  ) ?? run.historyFile;

/** Whether a run came as far as its first operation. */
export const hasHistory = (run: Run): boolean => existsSync(historyFileOf(run));
