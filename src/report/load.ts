// Reads what a report is made from out of a run folder. What cannot be read is said in the report, and is no error.
import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { hasHistory, readFaults, readHistory } from '../store/reading.ts';
import { readTest, readVerdict } from '../store/records.ts';
import { runAt } from '../store/run-folder.ts';
import type { NodeLog, RunData } from './run-data.ts';

const tailMost = 48 * 1024;
const logsMost = 60;

/** The end of a file, from a line's beginning. */
const readTail = async (
  path: string,
): Promise<{ readonly tail: string; readonly bytes: number }> => {
  await using file = await open(path);
  const { size: bytes } = await file.stat();
  const length = Math.min(bytes, tailMost);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, bytes - length);
  const text = buffer.subarray(0, bytesRead).toString('utf8');
  return { tail: length < bytes ? text.slice(text.indexOf('\n') + 1) : text, bytes };
};

const isText = (file: string): boolean => !/\.(gz|zst|xz|zip|pcap|tar)$/.test(file);

const logsOf = async (folder: string, node: string): Promise<readonly NodeLog[]> => {
  const root = join(folder, 'nodes', node);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && isText(entry.name)) // symbolic links are not followed
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const logs: NodeLog[] = [];
  for (const path of files.slice(0, logsMost))
    logs.push({ node, file: relative(root, path), ...(await readTail(path)) });
  return logs;
};

const readLogs = async (folder: string): Promise<readonly NodeLog[]> => {
  const root = join(folder, 'nodes');
  if (!existsSync(root)) return [];
  const entries = await readdir(root, { withFileTypes: true });
  const nodes = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const byNumber = new Intl.Collator('en', { numeric: true });
  const logs: NodeLog[] = [];
  for (const node of nodes.toSorted(byNumber.compare)) {
    if (logs.length >= logsMost) break;
    logs.push(...(await logsOf(folder, node)));
  }
  return logs.slice(0, logsMost);
};

/** Reads a run folder. Throws a usage error when it has no readable `test.json`; anything else may be broken. */
export const loadRun = async (folder: string): Promise<RunData> => {
  const run = runAt(folder);
  const test = await readTest(run);
  const unread: string[] = [];
  const attempt = async <T>(read: () => Promise<T>, otherwise: T): Promise<T> =>
    read().catch((cause: unknown) => {
      unread.push(messageOf(cause));
      return otherwise;
    });
  const isJudged = existsSync(run.verdictFile);
  const history = hasHistory(run) ? await attempt(() => readHistory(run), []) : [];
  const ledger = await attempt(() => readFaults(run), []);
  const result = isJudged ? await attempt(() => readVerdict(run), undefined) : undefined;
  const logs = await attempt(() => readLogs(run.folder), []);
  return {
    folder,
    test,
    history,
    ledger,
    ...(result === undefined ? {} : { result }),
    logs,
    unread,
  };
};
