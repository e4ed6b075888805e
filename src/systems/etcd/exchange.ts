// One HTTP request and its answer, and whether the request can have reached the server when it fails.
import { type Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { messageOf } from '../../base/errors.ts';

/** A complete answer: nothing of the body is missing. */
export type Answer = { readonly status: number; readonly body: string };

export type Exchange = {
  readonly agent: Agent;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** JSON text, sent by POST. */
  readonly body: string;
  /** Milliseconds from the call to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
};

/** Why there is no complete answer. `sent: false` proves that no byte of the request left this process. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  /** The system's code, e.g. `ECONNREFUSED`; or `timeout`, `aborted`, `answer-too-long`. */
  readonly code: string;
  readonly sent: boolean;
  constructor(code: string, sent: boolean, cause: unknown) {
    super(`${code}: ${messageOf(cause)}`, { cause });
    this.code = code;
    this.sent = sent;
  }
}

/** Longer answers are refused: a register's answer has a few hundred bytes, a member list some thousand. */
const answerMaxBytes = 1 << 20;

/**
 * Posts and waits for the whole answer; rejects with `ExchangeError` only. Never sends twice: node's http does not retry.
 * A request is unsent exactly as long as its socket has not connected: until then a socket holds back what is written to
 * it, and one destroyed before that never sends it. From the moment of connection on nothing is provable, so also
 * a kept-alive socket that the server closed while it was idle counts as sent.
 */
export const exchange = (options: Exchange): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
    let sent = false;
    const fail = (cause: unknown): void =>
      reject(new ExchangeError(codeOf(cause, deadline), sent, cause));
    const call = request(
      {
        agent: options.agent,
        host: options.host,
        port: options.port,
        path: options.path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(options.body),
        },
        signal,
      },
      (response) => collect(response).then(resolve, fail),
    );
    call.on('error', fail);
    call.on('socket', (socket: Socket) => {
      if (!socket.connecting) sent = true;
      else socket.once('connect', () => (sent = true));
    });
    call.end(options.body);
  });

const collect = async (response: IncomingMessage): Promise<Answer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Ends with an error when the connection closes before the announced length or the last chunk has come.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > answerMaxBytes)
      throw new CodedError('answer-too-long', `more than ${answerMaxBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
};

class CodedError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const codeOf = (thrown: unknown, deadline: AbortSignal): string => {
  const code =
    thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'connection-failed';
  if (code !== 'ABORT_ERR') return code;
  return deadline.aborted ? 'timeout' : 'aborted';
};
