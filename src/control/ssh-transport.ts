// One SSH connection to one node, kept and shared by all commands, renewed with back-off when it is gone.
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { infrastructureError } from '../base/errors.ts';
import { commandLine } from './quote.ts';
import { isTransient, type SshClient, type SshTarget, sshConnect } from './ssh-connect.ts';
import type { Channel, Ending, Transport } from './transport.ts';
import { unlessAborted } from './waiting.ts';

/** Pauses before the second, third … attempt to connect anew, in milliseconds. */
const backOffMs = [50, 200, 500, 1_000, 2_000];

/** Pauses before asking again for a channel that was refused: sessions of the past may still be ending. */
const refusalMs = [20, 50, 100, 200, 500, 1_000, 2_000];

type SshChannel = Readable & {
  readonly stdin: Channel['stdin'];
  readonly stderr: Readable;
  close(): void;
};

const isEnd = (stream: Readable): Promise<void> =>
  new Promise((resolve) => {
    stream.once('end', resolve);
    stream.once('close', resolve);
  });

const channelOf = (stream: SshChannel): Channel => {
  const closed = new Promise<Ending>((resolve) => {
    // Neither code nor signal: the connection went before the node told.
    stream.once('close', (code?: number | null, signal?: string) =>
      resolve({
        ...(typeof code === 'number' ? { code } : {}),
        ...(typeof signal === 'string' ? { signal } : {}),
      }),
    );
  });
  stream.on('error', () => undefined);
  const drained = Promise.all([isEnd(stream), isEnd(stream.stderr)]);
  return {
    stdin: stream.stdin,
    stdout: stream,
    stderr: stream.stderr,
    ended: closed.then(async (ending) => {
      await drained;
      return ending;
    }),
    abandon: () => stream.close(),
  };
};

export class SshTransport implements Transport {
  readonly node: string;
  readonly isRoot: boolean;
  readonly #target: SshTarget;
  #client: SshClient | undefined;
  #connecting: Promise<SshClient> | undefined;
  #wasConnected = false;
  #closed = false;
  constructor(target: SshTarget) {
    this.#target = target;
    this.node = target.node;
    this.isRoot = target.user === 'root';
  }

  /** Connects unless connected. The first time one attempt is made; later, a few with growing pauses. */
  async connect(): Promise<SshClient> {
    if (this.#closed)
      throw infrastructureError(`${this.node}: the session is closed`, { code: 'closed' });
    if (this.#client !== undefined) return this.#client;
    this.#connecting ??= this.#renew().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async open(argv: readonly string[], signal: AbortSignal): Promise<Channel> {
    // Without exec the login shell would stay as one more process.
    const line = `exec ${commandLine(argv)}`;
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      const client = await unlessAborted(signal, this.connect());
      const channel = await this.#openOn(client, line);
      if (channel !== undefined) return channel;
      const pauseMs = refusalMs[attempt];
      if (pauseMs === undefined) throw this.#refused();
      await sleep(pauseMs, undefined, { signal });
    }
  }

  /** `undefined` when the node refuses one more channel: the command was certainly not started. */
  #openOn(client: SshClient, line: string): Promise<Channel | undefined> {
    return new Promise((resolve, reject) => {
      const onClose = () => reject(this.#lostBeforeStart());
      client.once('close', onClose);
      client.exec(line, (cause, stream) => {
        client.removeListener('close', onClose);
        if (!cause) resolve(channelOf(stream));
        else if ('reason' in cause) resolve(undefined);
        else reject(this.#lostBeforeStart(cause));
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#connecting?.catch(() => undefined);
    const client = this.#client;
    if (client === undefined) return;
    const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.end();
    await Promise.race([gone, sleep(1_000, undefined, { ref: false })]);
    client.destroy();
  }

  async #renew(): Promise<SshClient> {
    const pauses = this.#wasConnected ? backOffMs : [];
    for (let attempt = 0; ; attempt++) {
      try {
        return this.#adopt(await sshConnect(this.#target));
      } catch (cause) {
        const pauseMs = pauses[attempt];
        if (pauseMs === undefined || this.#closed || !isTransient(cause)) throw cause;
        await sleep(pauseMs);
      }
    }
  }

  #adopt(client: SshClient): SshClient {
    this.#client = client;
    this.#wasConnected = true;
    client.once('close', () => {
      if (this.#client === client) this.#client = undefined;
    });
    return client;
  }

  #refused(): Error {
    return infrastructureError(`${this.node}: the node refuses one more channel`, {
      code: 'channel-refused',
      hint: 'Set MaxSessions to 10 or more in its sshd_config.',
    });
  }

  #lostBeforeStart(cause?: Error): Error {
    return infrastructureError(
      `${this.node}: the connection was lost before the command was accepted`,
      {
        code: 'connection-lost',
        hint: 'It was not run again. The next command connects anew.',
        ...(cause === undefined ? {} : { cause }),
      },
    );
  }
}
