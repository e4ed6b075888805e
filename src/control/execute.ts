// Runs one command over a transport: queue, deadline, cancellation, input, output, and how it ended. The same for SSH and local.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { messageOf } from '../base/errors.ts';
import type { ExecOptions, ExecResult } from '../contract/remote.ts';
import { explainEnding } from './explain.ts';
import { killSession } from './kill-session.ts';
import { collectMarked, type MarkedOutput, maxOutputBytes, Output } from './output.ts';
import { RemoteError, type RemoteErrorCode, showCommand } from './remote-error.ts';
import type { Slots } from './slots.ts';
import type { Channel, Ending, Transport } from './transport.ts';
import { unlessAborted, within } from './waiting.ts';
import { wrapCommand } from './wrapper.ts';

export const defaultTimeoutMs = 60_000;

/** What commands of one remote share. */
export type Session = {
  readonly transport: Transport;
  readonly slots: Slots;
  /** Places of their own for kills: the others may be full of commands that hang. */
  readonly killSlots: Slots;
  /** Aborts when the remote is closed. */
  readonly closed: AbortSignal;
};

/** For transfers: opens input that is too large to hold, and who takes the output instead of `stdout`. */
export type Streams = {
  readonly stdinFrom?: () => Readable;
  readonly stdoutTo?: (source: Readable) => Promise<void>;
};

/** One command on its way; `stop` ends it with an error. */
type Job = {
  readonly session: Session;
  readonly argv: readonly string[];
  readonly options: ExecOptions & Streams;
  readonly mark: string;
  readonly stopped: AbortSignal;
  readonly stop: (code: RemoteErrorCode, why: string) => void;
};

/** Runs a command to its end. See `Remote.exec`. */
export const execute = async (
  session: Session,
  argv: readonly string[],
  options: ExecOptions & Streams = {},
): Promise<ExecResult> => {
  const { transport } = session;
  const mark = `ordeal:${randomBytes(8).toString('hex')}:`;
  const wrapped = wrapCommand(argv, { ...options, mark, isRoot: transport.isRoot });
  const stopper = new AbortController();
  const stop = (code: RemoteErrorCode, why: string) =>
    stopper.abort(
      new RemoteError(`${showCommand(argv)}: ${why}`, { code, node: transport.node, argv }),
    );
  const job: Job = { session, argv, options, mark, stopped: stopper.signal, stop };
  const unwatch = watch(job);
  try {
    const giveBack = await session.slots.take(job.stopped);
    try {
      return await converse(job, await open(job, wrapped));
    } finally {
      giveBack();
    }
  } finally {
    unwatch();
  }
};

/** Stops the job at its deadline, when the caller cancels, and when the remote is closed. */
const watch = ({ options, session, stop }: Job): (() => void) => {
  const { timeoutMs = defaultTimeoutMs, signal } = options;
  const timer = setTimeout(() => stop('timeout', `not done within ${timeoutMs} ms`), timeoutMs);
  const onCancel = () => stop('cancelled', 'cancelled');
  const onClose = () => stop('closed', 'the session was closed');
  signal?.addEventListener('abort', onCancel, { once: true });
  session.closed.addEventListener('abort', onClose, { once: true });
  if (signal?.aborted) onCancel();
  if (session.closed.aborted) onClose();
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onCancel);
    session.closed.removeEventListener('abort', onClose);
  };
};

/** How long a node may take to answer about a command that was stopped. */
const farewellMs = 1_000;

/**
 * Starts the command. A job that is stopped meanwhile still gets its channel when the request has left already, so that
 * what it started can be killed; a transport that has not asked yet gives up by itself.
 */
const open = async (job: Job, wrapped: readonly string[]): Promise<Channel> => {
  const { session, stopped } = job;
  const opening = session.transport.open(wrapped, stopped);
  try {
    return await unlessAborted(stopped, opening);
  } catch (cause) {
    if (!stopped.aborted) throw cause;
    const channel = await within(farewellMs, opening);
    if (channel !== undefined) return channel;
    // The node is silent. Should it ever answer, nothing is to go on there.
    opening.then((late) => converse(job, late)).catch(() => undefined);
    throw stopped.reason;
  }
};

const converse = async (job: Job, channel: Channel): Promise<ExecResult> => {
  const { options, stop, stopped, mark } = job;
  const tooLarge = () => stop('output-too-large', `printed more than ${maxOutputBytes} bytes`);
  const stderr = collectMarked(channel.stderr, mark, tooLarge);
  const stdout = new Output(tooLarge);
  if (options.stdoutTo === undefined)
    channel.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  const consumed = consume(job, channel);
  feed(job, channel.stdin);
  try {
    const ending = await unlessAborted(stopped, channel.ended);
    const failure = await unlessAborted(stopped, consumed);
    if (failure !== undefined && !isFailure(ending)) throw failure;
    return judge(job, ending, { stderr, stdout: stdout.text() });
  } catch (cause) {
    const isOver = !stopped.aborted || (await kill(job, channel, stderr));
    throw isOver ? cause : unsure(cause);
  } finally {
    channel.abandon();
  }
};

const consumerGraceMs = 1_000;

/** Hands the output to who asked for it. Resolves with why that failed; the command then gets a moment to end by itself. */
const consume = async ({ options, stop }: Job, channel: Channel): Promise<Error | undefined> => {
  try {
    // Read at once, if only into a buffer: execa throws away what nobody reads when a program ends.
    await options.stdoutTo?.(channel.stdout.pipe(new PassThrough()));
    return undefined;
  } catch (cause) {
    channel.stdout.resume();
    const timer = setTimeout(() => stop('transfer-failed', messageOf(cause)), consumerGraceMs);
    await channel.ended;
    clearTimeout(timer);
    return cause instanceof Error ? cause : new Error(String(cause));
  }
};

/** Writes the input. A program may end without reading it: that is its own affair, and shows in how it ends. */
const feed = ({ options, stop }: Job, stdin: Writable): void => {
  stdin.on('error', () => undefined);
  if (options.stdinFrom === undefined) {
    stdin.end(options.stdin ?? '');
    return;
  }
  const source = options.stdinFrom();
  source.on('error', (cause) => stop('transfer-failed', cause.message));
  source.pipe(stdin);
};

/** Kills what runs, and tells whether it is sure that nothing does. Without a header it is about to: that is waited for. */
const kill = async (
  { session, options }: Job,
  channel: Channel,
  stderr: MarkedOutput,
): Promise<boolean> => {
  const ending = await within(farewellMs, Promise.race([stderr.header, channel.ended]));
  const header = stderr.seen();
  if (header === undefined || header === 'cwd-missing') return ending !== undefined;
  const giveBack = await session.killSlots.take(new AbortController().signal);
  const isDead = await killSession(session.transport, header.session, options.sudo).finally(
    giveBack,
  );
  channel.stdout.resume();
  await within(farewellMs, channel.ended);
  return isDead;
};

/** The same error, with what is not known said. */
const unsure = (cause: unknown): unknown => {
  if (!(cause instanceof RemoteError)) return cause;
  const { node, argv } = cause;
  const message = `${cause.message.slice(node.length + 2)}; the node does not answer, it may still run`;
  return new RemoteError(message, { code: cause.code as RemoteErrorCode, node, argv, cause });
};

const exitCodeOf = ({ code, signal }: Ending): number | undefined => {
  if (code !== undefined) return code;
  if (signal === undefined) return undefined;
  // As a shell would say it: 128 and the number of the signal.
  const name = (signal.startsWith('SIG') ? signal : `SIG${signal}`) as NodeJS.Signals;
  return 128 + (constants.signals[name] ?? 0);
};

const isFailure = (ending: Ending): boolean => (exitCodeOf(ending) ?? 0) !== 0;

const judge = (
  { session, argv, options }: Job,
  ending: Ending,
  printed: { readonly stderr: MarkedOutput; readonly stdout: string },
): ExecResult => {
  const exitCode = exitCodeOf(ending);
  const header = printed.stderr.seen();
  const stderr = printed.stderr.text();
  const result = { exitCode: exitCode ?? -1, stdout: printed.stdout, stderr };
  const isFine = exitCode === 0 || (exitCode !== undefined && options.check === false);
  if (isFine && header !== undefined && header !== 'cwd-missing') return result;
  throw explainEnding({ node: session.transport.node, argv, options, header, exitCode, result });
};
