// A nemesis thread: performs fault operations, one at a time; those of other threads may overlap.
import type { NemesisThread } from '../generator/generator.ts';
import type { Completion, Op } from '../history/op.ts';
import { type Settle, settledWithin, type Worker } from './worker.ts';
import { completionOf, errorOf } from './worker-completion.ts';

export type InvokeNemesis = (op: Op, signal: AbortSignal) => Promise<Completion>;

/** How long an operation that was given up may take to come to rest before the run goes on to heal. */
const restMaxMs = 5000;

export class NemesisWorker implements Worker {
  readonly #thread: NemesisThread;
  readonly #invoke: InvokeNemesis;
  readonly #settle: Settle;
  #controller: AbortController | undefined;
  /** Operations that were given up and may still be breaking something. */
  readonly #restless = new Set<Promise<void>>();

  constructor(thread: NemesisThread, invoke: InvokeNemesis, settle: Settle) {
    this.#thread = thread;
    this.#invoke = invoke;
    this.#settle = settle;
  }

  start(op: Op): void {
    const controller = new AbortController();
    this.#controller = controller;
    const work = this.#perform(op, controller).finally(() => this.#restless.delete(work));
    this.#restless.add(work);
  }

  /** A fault half injected is worth nothing: it may stop at once. */
  cancel(): void {
    this.#controller?.abort();
  }

  abandon(code: string, message: string): Completion {
    const controller = this.#controller;
    this.#controller = undefined;
    controller?.abort();
    return { type: 'info', error: [code, message] };
  }

  async close(): Promise<void> {
    this.abandon('closed', 'the run is over');
    // What is injected after the healing would stay: wait until nothing is under way.
    await settledWithin(Promise.all(this.#restless), restMaxMs);
  }

  async #perform(op: Op, controller: AbortController): Promise<void> {
    let completion: Completion;
    try {
      completion = completionOf(await this.#invoke(op, controller.signal));
    } catch (thrown) {
      completion = { type: 'info', error: errorOf(thrown) };
    }
    if (this.#controller !== controller) return;
    this.#controller = undefined;
    this.#settle(this.#thread, completion);
  }
}
