// Reads what runs left behind: which runs there are, their histories and faults. Needs no run that ended in order.
import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, usageError } from '../base/errors.ts';
import type { RunResult } from '../contract/events.ts';
import type { LedgerEntry } from '../contract/faults.ts';
import { ColumnWriter } from '../history/column-writer.ts';
import { type Columns, opsOf } from '../history/columns.ts';
import { parseJson } from '../history/json.ts';
import { LineScanner } from '../history/line-scanner.ts';
import type { Op } from '../history/op.ts';
import { RowScanner, rowsFormat } from '../history/rows.ts';
import { readEdn } from './edn-file.ts';
import { formOf, hasHistory, historyFileOf } from './files.ts';
import { readLines } from './lines.ts';
import { readVerdict } from './records.ts';
import { type Run, runAt } from './run-folder.ts';
import { checkShape, ledgerSchema } from './schemas.ts';
import { ledgerSteps, rowsSteps, upgrade } from './versions.ts';

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const isRun = (folder: string): boolean =>
  hasHistory(runAt(folder)) ||
  ['test.json', 'faults.jsonl'].some((file) => existsSync(join(folder, file)));

/**
 * Finds a run: a path of its folder; or under `root` (`results` unless told) `latest`, a test's name (its latest),
 * `<name>/<id>`. Throws a usage error when there is none.
 */
export const openRun = async (which: string, root = 'results'): Promise<Run> => {
  for (const path of [which, join(root, which), join(root, which, 'latest')]) {
    if (!(await isFolder(path)) || !isRun(path)) continue;
    return runAt(await realpath(path));
  }
  throw usageError(
    `there is no run "${which}" in ${root}`,
    'See `ordeal list` for the runs that exist.',
  );
};

export type ReadOptions = {
  /** For EDN: whether values are `[key value]`. Unless told, the values decide. */
  readonly isIndependent?: boolean | undefined;
};

/**
 * Reads the history of a run, or a history file from anywhere (`.jsonl`, `.rows`, `.edn`, each also `.gz` or `.zst`); a
 * torn last line is dropped. Throws usage errors, with path and line for whatever is broken in the middle.
 */
export const readHistory = async (
  from: Run | string,
  options: ReadOptions = {},
): Promise<readonly Op[]> => opsOf(await readColumns(from, options));

/** Reads like `readHistory`, into columns: about 50 bytes an operation where objects take 200. */
export const readColumns = async (
  from: Run | string,
  { isIndependent }: ReadOptions = {},
): Promise<Columns> => {
  const path = typeof from === 'string' ? from : historyFileOf(from);
  const writer = new ColumnWriter();
  const form = formOf(path);
  if (form === 'rows') await readRows(path, writer);
  else if (form === 'edn') await readEdn(path, { isIndependent, take: (op) => writer.push(op) });
  else await readJsonLines(path, writer);
  return writer.finish();
};

const readJsonLines = async (path: string, writer: ColumnWriter): Promise<void> => {
  const scanner = new LineScanner(writer, path);
  for await (const { bytes, line } of readLines(path)) scanner.take(bytes, line);
};

const newline = 10;

const readRows = async (path: string, writer: ColumnWriter): Promise<void> => {
  const scanner = new RowScanner(writer, path);
  let isHeaderRead = false;
  for await (const { bytes, line } of readLines(path)) {
    if (isHeaderRead) {
      scanner.take(bytes, line);
      continue;
    }
    const end = bytes.indexOf(newline);
    const from = end < 0 ? bytes.length : end + 1;
    checkHeader(bytes.toString('utf8', 0, from), path);
    isHeaderRead = true;
    scanner.take(bytes.subarray(from), line + 1);
  }
  if (!isHeaderRead) checkHeader('', path);
};

const checkHeader = (text: string, path: string): void => {
  const header = parseObject(text);
  if (header?.format !== rowsFormat) throw usageError(`${path}:1: not a closed history of ordeal`);
  upgrade(header, path, { steps: rowsSteps });
};

const parseObject = (text: string): { readonly [field: string]: unknown } | undefined => {
  try {
    const raw = parseJson(text);
    return typeof raw === 'object' && raw !== null
      ? (raw as { readonly [field: string]: unknown })
      : undefined;
  } catch {
    return undefined;
  }
};

const parseEntry = (text: string, where: string): LedgerEntry | undefined => {
  let raw: unknown;
  try {
    raw = parseJson(text);
  } catch {
    return undefined;
  }
  const versioned =
    typeof raw === 'object' && raw !== null && 'version' in raw
      ? upgrade(raw as { readonly [field: string]: unknown }, where, { steps: ledgerSteps })
      : raw;
  return checkShape(ledgerSchema, versioned, where);
};

/**
 * Reads the ledger of a run; empty when no fault was planned. Half lines, which killed writers leave and which were
 * never acknowledged, are passed over wherever they are: healing must not fail for them.
 */
export const readFaults = async (run: Run): Promise<readonly LedgerEntry[]> => {
  if (!existsSync(run.faultsFile)) return [];
  const entries: LedgerEntry[] = [];
  for await (const { bytes, line } of readLines(run.faultsFile)) {
    for (const [i, content] of bytes.toString('utf8').split('\n').entries()) {
      const entry = parseEntry(content, `${run.faultsFile}:${line + i}`);
      if (entry !== undefined) entries.push(entry);
    }
  }
  return entries;
};

export { hasHistory } from './files.ts';

export type ListedRun = {
  readonly run: Run;
  /** Absent when the run did not end (yet), or its verdict cannot be read. */
  readonly verdict?: RunResult;
};

const foldersIn = async (path: string): Promise<string[]> => {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
};

const listed = async (run: Run): Promise<ListedRun> => {
  try {
    return { run, verdict: await readVerdict(run) };
  } catch {
    return { run };
  }
};

/** All runs under a results folder, newest first; none when it does not exist. */
export const listRuns = async (root = 'results'): Promise<readonly ListedRun[]> => {
  if (!(await isFolder(root))) return [];
  const tests = await foldersIn(root).catch((cause) => {
    throw usageError(`cannot read ${root}: ${messageOf(cause)}`);
  });
  const folders = (await Promise.all(tests.map(foldersIn))).flat().filter(isRun);
  const runs = folders.map(runAt).sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
  const found: ListedRun[] = [];
  for (const run of runs) found.push(await listed(run));
  return found;
};
