// The client of list-append and rw-register: each operation is one transaction, at an isolation level of one's choice.
import { AssertionError, assert } from '../../base/assert.ts';
import type { Client } from '../../contract/client.ts';
import type { Completion, Op } from '../../history/op.ts';
import { completionOf } from './errors.ts';
import { openSession, PostgresError, type Session } from './session.ts';
import type { Table } from './tables.ts';

export const isolations = ['read-committed', 'repeatable-read', 'serializable'] as const;
export type Isolation = (typeof isolations)[number];

export type TransactionClientOptions = {
  readonly port: number;
  /** Milliseconds after which an operation is given up: unknown if it was committing, failed before. */
  readonly timeoutMs: number;
  readonly isolation: Isolation;
  readonly table: Table;
};

const begin = (isolation: Isolation): string =>
  `BEGIN ISOLATION LEVEL ${isolation.replace('-', ' ').toUpperCase()}`;

/** A prototype: `open` makes a client of a node; it connects with its first operation, and again when it lost its connection. */
export const transactionClient = (options: TransactionClientOptions): Client => ({
  open: async (node) => new TransactionClient(node.address, options),
  invoke: () => Promise.reject(new Error('a client prototype is opened before it is used')),
  setup: () => Promise.reject(new Error('a client prototype is opened before it is used')),
});

class TransactionClient implements Client {
  readonly #host: string;
  readonly #options: TransactionClientOptions;
  #session: Session | undefined;

  constructor(host: string, options: TransactionClientOptions) {
    this.#host = host;
    this.#options = options;
  }

  async open({ address }: { readonly address: string }): Promise<Client> {
    return new TransactionClient(address, this.#options);
  }

  async setup(): Promise<void> {
    const signal = AbortSignal.timeout(setupMs);
    const session = await this.#connected(signal);
    await session.query({ text: this.#options.table.create }, signal);
  }

  async invoke(op: Op, signal: AbortSignal): Promise<Completion> {
    assert(op.f === 'txn', `a transaction client has no operation ${op.f}: txn exists`);
    assert(Array.isArray(op.value), 'a txn has a list of steps as value');
    const { table, timeoutMs } = this.#options;
    const steps = op.value.map((step: unknown) => table.stepOf(step));
    const changes = steps.some(({ writes }) => writes);
    const guard = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    let committing = false;
    try {
      const session = await this.#connected(guard);
      await session.query({ text: begin(this.#options.isolation) }, guard);
      const value: unknown[] = [];
      for (const { statement, resultOf } of steps)
        value.push(resultOf((await session.query(statement, guard)).rows));
      committing = true;
      const { command } = await session.query({ text: 'COMMIT' }, guard);
      if (command === 'COMMIT') return { type: 'ok', value };
      // What failed before is rolled back by COMMIT, which then says so.
      if (command === 'ROLLBACK') return { type: 'fail', error: ['rolled-back', command] };
      throw new Error(`COMMIT was answered by ${command}`);
    } catch (thrown) {
      if (thrown instanceof AssertionError) throw thrown;
      await this.#settle(thrown, committing, guard);
      return completionOf(thrown, { committing, changes });
    }
  }

  async close(): Promise<void> {
    this.#session?.cut();
  }

  async #connected(signal: AbortSignal): Promise<Session> {
    if (this.#session?.isOpen) return this.#session;
    this.#session = await openSession({ host: this.#host, port: this.#options.port }, signal);
    return this.#session;
  }

  /** Makes the connection ready for the next transaction, or gives it up. */
  async #settle(thrown: unknown, committing: boolean, signal: AbortSignal): Promise<void> {
    const session = this.#session;
    if (!session?.isOpen) return;
    if (!committing) await session.query({ text: 'ROLLBACK' }, signal).catch(() => session.cut());
    // A COMMIT that the server refused ended the transaction; after any other answer nothing is known of it.
    else if (!(thrown instanceof PostgresError)) session.cut();
  }
}

const setupMs = 10_000;
