// Copies a local file or folder to a node: a file through a temporary name, a folder as a tar stream.
import { randomBytes } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { execa } from 'execa';
import { messageOf, usageError } from '../base/errors.ts';
import type { TransferOptions } from '../contract/remote.ts';
import { execute, type Session } from './execute.ts';
import { lastLine, RemoteError } from './remote-error.ts';

export type Transfer = TransferOptions & {
  readonly localPath: string;
  readonly remotePath: string;
};

/** Deadline of a transfer in milliseconds unless told: ten minutes. */
export const defaultTransferMs = 600_000;

/** Parameters: target, its parent, temporary name, mode, bytes. A stream that was cut short never becomes the target. */
const receiveFile = `
mkdir -p -- "$2" || exit
[ ! -d "$1" ] || { echo "$1 is a folder" >&2; exit 1; }
umask 077
trap 'rm -f -- "$3"' EXIT
cat >"$3" || exit
[ "$(stat -c %s -- "$3")" = "$5" ] || { echo 'the stream was cut short' >&2; exit 1; }
chmod "$4" -- "$3" && mv -f -- "$3" "$1"`;

/** Parameters: target, mode for it when it is new. Folders that exist keep their modes. */
const receiveFolder = `
[ -d "$1" ] || { mkdir -p -- "$1" && chmod "$2" -- "$1"; } || exit
exec tar -C "$1" --no-same-owner --no-overwrite-dir -xpf -`;

const checkRemotePath = (path: string): string => {
  if (!path.startsWith('/'))
    throw usageError(`not an absolute path on the node: ${JSON.stringify(path)}`);
  return posix.normalize(path).replace(/(?<=.)\/$/, '');
};

const inSh = (script: string, ...words: readonly string[]): readonly string[] => [
  '/bin/sh',
  '-c',
  script,
  'ordeal-upload',
  ...words,
];

/** See `Remote.upload`. */
export const upload = async (session: Session, transfer: Transfer): Promise<void> => {
  const remotePath = checkRemotePath(transfer.remotePath);
  const found = await stat(transfer.localPath).catch((cause) => {
    throw usageError(`cannot upload: ${messageOf(cause)}`);
  });
  const mode = (found.mode & 0o7777).toString(8);
  const job = { ...transfer, remotePath, mode, timeoutMs: transfer.timeoutMs ?? defaultTransferMs };
  if (found.isDirectory()) return uploadFolder(session, job);
  if (found.isFile()) return uploadFile(session, { ...job, bytes: found.size });
  throw usageError(`cannot upload ${transfer.localPath}: neither a file nor a folder`);
};

type Job = Transfer & { readonly mode: string; readonly timeoutMs: number };

const uploadFile = async (
  session: Session,
  job: Job & { readonly bytes: number },
): Promise<void> => {
  const { localPath, remotePath, mode, bytes } = job;
  const parent = posix.dirname(remotePath);
  const temporary = posix.join(parent, `.ordeal-${randomBytes(8).toString('hex')}`);
  let content: ReadStream | undefined;
  // `end`: a file that grows meanwhile is cut where it was when we looked.
  const stdinFrom = () => {
    content = createReadStream(localPath, { end: Math.max(0, bytes - 1) });
    return content;
  };
  const argv = inSh(receiveFile, remotePath, parent, temporary, mode, String(bytes));
  try {
    await execute(session, argv, { ...job, stdinFrom });
  } catch (cause) {
    // Killed before it could tidy up; best effort, for the node may be out of reach.
    await execute(session, ['rm', '-f', '--', temporary], {
      ...sudoOf(job),
      timeoutMs: 5_000,
    }).catch(() => undefined);
    throw explain(session, { cause, path: remotePath });
  } finally {
    content?.destroy();
  }
};

const startTar = (folder: string) =>
  execa('tar', ['-C', folder, '-cf', '-', '.'], {
    stdin: 'ignore',
    buffer: { stdout: false },
    reject: false,
  });

const uploadFolder = async (session: Session, job: Job): Promise<void> => {
  const { localPath, remotePath, mode } = job;
  let tar: ReturnType<typeof startTar> | undefined;
  // Started when the node listens: execa throws away what nobody reads at once.
  const stdinFrom = () => {
    tar = startTar(localPath);
    return tar.stdout;
  };
  try {
    await execute(session, inSh(receiveFolder, remotePath, mode), {
      ...job,
      stdinFrom,
    });
    const ended = await tar;
    if (ended?.exitCode !== 0) throw new Error(`local tar: ${lastLine(ended?.stderr ?? '')}`);
  } catch (cause) {
    throw explain(session, { cause, path: remotePath });
  } finally {
    tar?.kill();
  }
};

const sudoOf = ({ sudo }: Transfer) => (sudo === undefined ? {} : { sudo });

type Trouble = { readonly cause: unknown; readonly path: string };

/** Says which copy failed instead of which script. Deadlines, cancellations and lost connections speak for themselves. */
const explain = ({ transport }: Session, { cause, path }: Trouble): unknown => {
  if (cause instanceof RemoteError && cause.code !== 'command-failed') return cause;
  const why =
    cause instanceof RemoteError ? lastLine(cause.result?.stderr ?? '') : messageOf(cause);
  return new RemoteError(`cannot upload to ${path}: ${why}`, {
    code: 'transfer-failed',
    node: transport.node,
    argv: [],
    cause,
  });
};
