// The two remotes: over SSH and on this machine. What differs is the transport alone.
import type { ExecOptions, ExecResult, Remote, TransferOptions } from '../contract/remote.ts';
import { execute, type Session } from './execute.ts';
import { maxKillers } from './kill-session.ts';
import { localTransport } from './local-transport.ts';
import { Slots } from './slots.ts';
import type { SshTarget } from './ssh-connect.ts';
import { SshTransport } from './ssh-transport.ts';
import { download } from './transfer-down.ts';
import { upload } from './transfer-up.ts';
import type { Transport } from './transport.ts';

/** Most commands at once on one node; the rest wait. */
export const maxChannels = 8;

class TransportRemote implements Remote {
  readonly node: string;
  readonly #session: Session;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  constructor(transport: Transport) {
    this.node = transport.node;
    this.#session = {
      transport,
      slots: new Slots(maxChannels),
      killSlots: new Slots(maxKillers),
      closed: this.#closing.signal,
    };
  }

  exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return this.#track(execute(this.#session, argv, options));
  }

  upload(localPath: string, remotePath: string, options: TransferOptions = {}): Promise<void> {
    return this.#track(upload(this.#session, { localPath, remotePath, ...options }));
  }

  download(remotePath: string, localPath: string, options: TransferOptions = {}): Promise<void> {
    return this.#track(download(this.#session, { localPath, remotePath, ...options }));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#running);
    await this.#session.transport.close();
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const done = () => this.#running.delete(work);
    this.#running.add(work);
    work.then(done, done);
    return work;
  }
}

/** A session on a host over SSH; connects with the first command. */
export const sshRemote = (target: SshTarget): Remote =>
  new TransportRemote(new SshTransport(target));

/** The same, connected: throws at once when the host cannot be reached or refuses. */
export const connectSsh = async (target: SshTarget): Promise<Remote> => {
  const transport = new SshTransport(target);
  await transport.connect();
  return new TransportRemote(transport);
};

/** A session on this machine. */
export const localRemote = (node = 'local'): Remote => new TransportRemote(localTransport(node));
