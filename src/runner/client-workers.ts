// Clients in threads of their own (`--client-workers`): what they compute does not hold up the run's clock and journal.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Client } from '../contract/client.ts';
import type { ClientThreadData, FromThread, ThrownText, ToThread } from './client-messages.ts';

export type ClientWorkersOptions = {
  /** Threads, 1 or more; clients take turns. */
  readonly count: number;
  /** What the threads make their clients from: nodes by name and address, no sessions. */
  readonly data: ClientThreadData;
  /** The prototype as made here: says whether there is a setup and a teardown; it is never opened. */
  readonly prototype: Client;
  readonly onLog?: (message: string, node?: string) => void;
  /** Told of errors that clients throw outside of any operation. */
  readonly onStray?: (message: string) => void;
  /** Tells the clients' system context of an interrupt. */
  readonly signal?: AbortSignal;
  /** A thread that does not even notice an abort for so long is ended, 2,000 ms unless told. */
  readonly unresponsiveMs?: number;
};

export type ClientWorkers = {
  /** Opens clients in the threads. */
  readonly client: Client;
  close(): Promise<void>;
};

/** A thread that is gone: nobody knows what became of its operations. */
const died = (why: string): Error =>
  Object.assign(new Error(`the client thread ended: ${why}`), { code: 'client-worker-died' });

/** What a client threw, with the name and code that completions are made from. */
const revive = ({ name, code, message }: ThrownText): Error =>
  Object.assign(new Error(message), { name }, code === undefined ? {} : { code });

/** `Omit` that keeps a union a union. */
type Unnamed<T> = T extends unknown ? Omit<T, 'id'> : never;
type Call = Unnamed<Extract<ToThread, { readonly id: number }>>;

type Waiting = {
  readonly resolve: (value: unknown) => void;
  readonly reject: (thrown: Error) => void;
};

class ClientThread {
  readonly #options: ClientWorkersOptions;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #unnoticed = new Map<number, NodeJS.Timeout>();
  #calls = 0;
  isDead = false;

  constructor(options: ClientWorkersOptions) {
    this.#options = options;
    // Sources run as .ts, the published package as .js.
    const entry = new URL(`./client-thread${extname(import.meta.filename)}`, import.meta.url);
    this.#worker = new Worker(entry, { workerData: options.data });
    this.#worker.on('message', (message: FromThread) => this.#hear(message));
    this.#worker.on('error', (thrown) => this.#die(thrown.message));
    this.#worker.on('exit', (code) => this.#die(`exit code ${code}`));
  }

  call(call: Call, signal?: AbortSignal): Promise<unknown> {
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      if (this.isDead) return reject(died('before this call'));
      this.#waiting.set(id, { resolve, reject });
      this.#send({ ...call, id } as ToThread);
      signal?.addEventListener('abort', () => this.#abort(id), { once: true });
    });
  }

  interrupt(): void {
    this.#send({ kind: 'interrupt' });
  }

  async end(): Promise<void> {
    this.#die('the run is over');
    await this.#worker.terminate();
  }

  #send(message: ToThread): void {
    if (!this.isDead) this.#worker.postMessage(message);
  }

  #abort(id: number): void {
    if (this.isDead || !this.#waiting.has(id)) return;
    const { unresponsiveMs = 2000 } = this.#options;
    const timer = setTimeout(() => {
      this.#die(`it did not answer for ${unresponsiveMs} ms`);
      void this.#worker.terminate();
    }, unresponsiveMs);
    this.#unnoticed.set(id, timer.unref());
    this.#send({ kind: 'abort', id });
  }

  #hear(message: FromThread): void {
    if (message.kind === 'log') this.#options.onLog?.(message.message, message.node);
    else if (message.kind === 'stray') this.#options.onStray?.(message.message);
    else this.#settle(message);
  }

  #settle(message: Extract<FromThread, { readonly id: number }>): void {
    clearTimeout(this.#unnoticed.get(message.id));
    this.#unnoticed.delete(message.id);
    if (message.kind === 'aborting') return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'answer') waiting?.resolve(message.value);
    else waiting?.reject(revive(message.error));
  }

  #die(why: string): void {
    if (this.isDead) return;
    this.isDead = true;
    for (const timer of this.#unnoticed.values()) clearTimeout(timer);
    for (const { reject } of this.#waiting.values()) reject(died(why));
    this.#waiting.clear();
  }
}

/** A client that lives in a thread. */
const remoteClient = (thread: ClientThread, client: number, open: Client['open']): Client => ({
  open,
  invoke: (op, signal) =>
    thread.call({ kind: 'invoke', client, op }, signal) as ReturnType<Client['invoke']>,
  setup: async () => void (await thread.call({ kind: 'setup', client })),
  teardown: async () => void (await thread.call({ kind: 'teardown', client })),
  close: async () => {
    if (!thread.isDead) await thread.call({ kind: 'close', client });
  },
});

/** Starts no thread before the first client is opened; a thread that died is replaced by the next one to be opened in it. */
export const openClientWorkers = (options: ClientWorkersOptions): ClientWorkers => {
  const { count, prototype, signal } = options;
  const threads: ClientThread[] = [];
  let opened = 0;
  signal?.addEventListener('abort', () => {
    for (const thread of threads) thread.interrupt();
  });
  const threadFor = (turn: number): ClientThread => {
    const at = turn % count;
    const known = threads[at];
    if (known !== undefined && !known.isDead) return known;
    const thread = new ClientThread(options);
    threads[at] = thread;
    return thread;
  };
  const open: Client['open'] = async (node) => {
    const thread = threadFor(opened++);
    const client = (await thread.call({ kind: 'open', node: node.name })) as number;
    return remoteClient(thread, client, open);
  };
  const notHere = async (): Promise<never> => {
    throw new Error('only opened clients are used');
  };
  const client: Client = {
    open,
    invoke: notHere,
    ...(prototype.setup === undefined ? {} : { setup: notHere }),
    ...(prototype.teardown === undefined ? {} : { teardown: notHere }),
  };
  return { client, close: async () => void (await Promise.all(threads.map((each) => each.end()))) };
};
