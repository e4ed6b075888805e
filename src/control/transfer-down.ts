// Copies a file or folder of a node here: a file through a temporary name, a folder as a tar stream.
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { assert } from '../base/assert.ts';
import { messageOf, usageError } from '../base/errors.ts';
import { execute, type Session } from './execute.ts';
import { lastLine, RemoteError } from './remote-error.ts';
import { defaultTransferMs, type Transfer } from './transfer-up.ts';

/**
 * Prints one line, what it is and its mode, then the content. tar's exit code 1 says that a file changed while it was
 * read, as logs do: what was read is kept.
 */
const sendScript = `
if [ -d "$1" ]; then
  printf 'folder %s\\n' "$(stat -L -c %a -- "$1")"
  tar -C "$1" -cf - .
  status=$?
  [ "$status" -gt 1 ] && exit "$status"
  exit 0
fi
[ -e "$1" ] || { echo 'no such file or folder' >&2; exit 66; }
printf 'file %s\\n' "$(stat -L -c %a -- "$1")"
exec cat -- "$1"`;

const missing = 66;

/** See `Remote.download`. */
export const download = async (session: Session, transfer: Transfer): Promise<void> => {
  const { remotePath } = transfer;
  if (!remotePath.startsWith('/'))
    throw usageError(`not an absolute path on the node: ${JSON.stringify(remotePath)}`);
  const target = resolve(transfer.localPath);
  const temporary = join(dirname(target), `.ordeal-${randomBytes(8).toString('hex')}`);
  let finish: (() => Promise<void>) | undefined;
  const receive = async (source: Readable) => {
    const { kind, mode } = await readFront(source);
    finish = kind === 'file' ? () => rename(temporary, target) : undefined;
    if (kind === 'file') await receiveFile(source, { path: temporary, mode });
    else await receiveFolder(source, { path: target, mode });
  };
  try {
    await mkdir(dirname(target), { recursive: true });
    await execute(session, ['/bin/sh', '-c', sendScript, 'ordeal-download', remotePath], {
      ...transfer,
      timeoutMs: transfer.timeoutMs ?? defaultTransferMs,
      stdoutTo: receive,
    });
    // Only now is it sure that everything came.
    await finish?.();
  } catch (cause) {
    await rm(temporary, { force: true });
    throw explain(session, cause, transfer);
  }
};

type Front = { readonly kind: 'file' | 'folder'; readonly mode: number };

/** Takes the first line off the stream. */
const readFront = async (source: Readable): Promise<Front> => {
  let front = Buffer.alloc(0);
  while (!front.includes(10)) {
    const chunk = await nextChunk(source);
    if (chunk === undefined) throw new Error('nothing was sent');
    front = Buffer.concat([front, chunk]);
  }
  const end = front.indexOf(10);
  const [kind, mode] = front.toString('latin1', 0, end).split(' ');
  assert(kind === 'file' || kind === 'folder', `unexpected first line of a download: ${kind}`);
  source.unshift(front.subarray(end + 1));
  return { kind, mode: Number.parseInt(mode ?? '', 8) };
};

const nextChunk = (source: Readable): Promise<Buffer | undefined> =>
  new Promise((resolveChunk, reject) => {
    const settle = (chunk?: Buffer) => {
      source.off('readable', onReadable).off('end', onEnd).off('error', reject);
      resolveChunk(chunk);
    };
    const onEnd = () => settle();
    const onReadable = () => {
      const chunk: Buffer | null = source.read();
      if (chunk !== null) settle(chunk);
    };
    source.on('readable', onReadable).on('end', onEnd).on('error', reject);
    onReadable();
  });

type Place = { readonly path: string; readonly mode: number };

const receiveFile = async (source: Readable, { path, mode }: Place): Promise<void> => {
  await pipeline(source, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  await chmod(path, mode);
};

const receiveFolder = async (source: Readable, { path, mode }: Place): Promise<void> => {
  const made = await mkdir(path, { recursive: true });
  if (made !== undefined) await chmod(path, mode);
  const argv = ['-C', path, '--no-same-owner', '--no-overwrite-dir', '-xpf', '-'];
  const tar = execa('tar', argv, { stdin: 'pipe', stdout: 'ignore', reject: false });
  // tar may leave early, at the end mark or with an error: its exit code tells which.
  await pipeline(source, tar.stdin).catch(() => undefined);
  const { exitCode, stderr } = await tar;
  if (exitCode !== 0) throw new Error(`local tar: ${lastLine(stderr)}`);
};

/** Says which copy failed instead of which script. */
const explain = (
  { transport }: Session,
  cause: unknown,
  { remotePath, localPath }: Transfer,
): unknown => {
  const isOurs = cause instanceof RemoteError;
  if (isOurs && cause.code !== 'command-failed') return cause;
  const isMissing = isOurs && cause.result?.exitCode === missing;
  const why = isOurs ? lastLine(cause.result?.stderr ?? '') : messageOf(cause);
  return new RemoteError(`cannot download ${remotePath} to ${basename(localPath)}: ${why}`, {
    code: isMissing ? 'no-such-file' : 'transfer-failed',
    node: transport.node,
    argv: [],
    cause,
  });
};
