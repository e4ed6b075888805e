// A client thread: opens its client when it needs one, performs operations, and starts afresh after a crash.
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../base/errors.ts';
import type { Client } from '../contract/client.ts';
import type { Completion, Op } from '../history/op.ts';
import { type Settle, settledWithin, type Worker } from './worker.ts';
import { Session } from './worker-session.ts';

/** After the first failure to open; doubled for each further one. */
const backOffFirstMs = 10;
const backOffMaxMs = 1000;
/** A client that does not close in this time is left to itself. */
const closeMaxMs = 2000;

export type ClientWorkerOptions = {
  readonly thread: number;
  readonly open: (thread: number) => Promise<Client>;
  readonly settle: Settle;
};

const noClient = (message: string): Completion => ({
  type: 'fail',
  error: ['no-client', message],
});

/** An attempt to open; another object means it was given up meanwhile. */
type Attempt = { readonly op: Op };

export class ClientWorker implements Worker {
  readonly #options: ClientWorkerOptions;
  #session: Session | undefined;
  #attempt: Attempt | undefined;
  /** Failures to open in a row. */
  #failures = 0;
  readonly #closing = new Set<Promise<void>>();

  constructor(options: ClientWorkerOptions) {
    this.#options = options;
  }

  start(op: Op): void {
    if (this.#session === undefined) void this.#openFor({ op });
    else this.#session.invoke(op);
  }

  /** Clients get the grace to answer: aborting them would only make their outcome unknown. */
  cancel(): void {
    // Only an operation that still waits for its client can be ended without a loss.
    if (this.#attempt !== undefined) this.#settle(this.abandon('interrupted', 'interrupted'));
  }

  abandon(code: string, message: string): Completion {
    if (this.#attempt !== undefined) {
      this.#attempt = undefined;
      this.#failures++;
      return noClient(`${message} while the client was being opened`);
    }
    this.#session?.abandon();
    this.#drop();
    return { type: 'info', error: [code, message] };
  }

  async close(): Promise<void> {
    this.#attempt = undefined;
    this.#session?.abandon();
    this.#drop();
    await Promise.all(this.#closing);
  }

  /** Never rejects. Opening must not change the system's state, so a failure here is a definite one. */
  async #openFor(attempt: Attempt): Promise<void> {
    const { open, thread } = this.#options;
    this.#attempt = attempt;
    if (this.#failures > 0) await sleep(this.#backOffMs());
    if (this.#attempt !== attempt) return;
    let client: Client;
    try {
      client = await open(thread);
      if (typeof client?.invoke !== 'function') throw new Error('open returned no client');
    } catch (thrown) {
      if (this.#attempt === attempt) this.#fail(messageOf(thrown));
      return;
    }
    if (this.#attempt !== attempt) return this.#release(client);
    this.#attempt = undefined;
    this.#failures = 0;
    this.#session = new Session(client, (completion) => this.#end(completion));
    this.#session.invoke(attempt.op);
  }

  /** A dead node is asked less and less often, up to once a second. */
  #backOffMs(): number {
    return Math.min(backOffMaxMs, backOffFirstMs * 2 ** Math.min(this.#failures - 1, 20));
  }

  #fail(message: string): void {
    this.#attempt = undefined;
    this.#failures++;
    this.#settle(noClient(message));
  }

  #end(completion: Completion): void {
    if (completion.type === 'info') this.#drop();
    this.#settle(completion);
  }

  #settle(completion: Completion): void {
    this.#options.settle(this.#options.thread, completion);
  }

  #drop(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) this.#release(session.client);
  }

  /** In the background: a client that hangs may hang in `close` too. */
  #release(client: Client): void {
    const closing = settledWithin(closeOf(client), closeMaxMs).finally(() => {
      this.#closing.delete(closing);
    });
    this.#closing.add(closing);
  }
}

const closeOf = async (client: Client): Promise<void> => client.close?.();
