// A connected client: one operation at a time, and nothing heard from it once it is given up.
import type { Client } from '../contract/client.ts';
import type { Completion, Op } from '../history/op.ts';
import { completionOf, completionOfThrown } from './worker-completion.ts';

/** Ends at the first operation whose outcome is unknown: its connection may still carry that operation. */
export class Session {
  readonly client: Client;
  readonly #onEnd: (completion: Completion) => void;
  #controller: AbortController | undefined;

  constructor(client: Client, onEnd: (completion: Completion) => void) {
    this.client = client;
    this.#onEnd = onEnd;
  }

  invoke(op: Op): void {
    const controller = new AbortController();
    this.#controller = controller;
    let answer: unknown;
    try {
      answer = this.client.invoke(op, controller.signal);
    } catch (thrown) {
      this.#onThrown(thrown);
      return;
    }
    // A thenable of the client's own making could call back twice; a promise cannot.
    const promise = answer instanceof Promise ? answer : Promise.resolve(answer);
    promise.then(this.#onAnswer, this.#onThrown);
  }

  /** No answer is heard any more. */
  abandon(): void {
    const controller = this.#controller;
    this.#controller = undefined;
    controller?.abort();
  }

  readonly #onAnswer = (answer: unknown): void => {
    if (this.#controller === undefined) return;
    this.#end(completionOf(answer));
  };

  readonly #onThrown = (thrown: unknown): void => {
    if (this.#controller === undefined) return;
    this.#end(completionOfThrown(thrown));
  };

  #end(completion: Completion): void {
    this.#controller = undefined;
    this.#onEnd(completion);
  }
}
