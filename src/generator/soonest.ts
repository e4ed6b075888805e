// Of several children's answers, the soonest: an operation, or the moment to ask again, or nothing for ever.
import type { Gen, Step } from './generator.ts';

/** An operation together with the child it came from. */
export type Winner = { readonly step: Step & { readonly kind: 'op' }; readonly child: number };

/** Filled in during one ask. Equal times: the first to be added wins. */
export class Soonest {
  #winner: Winner | undefined;
  /** When a pending child wants to be asked again. */
  #wake = Number.POSITIVE_INFINITY;
  #isAnyPending = false;

  add(step: Step, child: number): void {
    if (step.kind === 'op') {
      if (this.#winner === undefined || step.op.time < this.#winner.step.op.time)
        this.#winner = { step, child };
    } else if (step.kind === 'pending') this.addPending(step.wake);
  }

  addPending(wake: number | undefined): void {
    this.#isAnyPending = true;
    if (wake !== undefined && wake < this.#wake) this.#wake = wake;
  }

  /** The operation to answer with; undefined also when a pending child has to be asked before its time. */
  get winner(): Winner | undefined {
    return this.#winner !== undefined && this.#winner.step.op.time <= this.#wake
      ? this.#winner
      : undefined;
  }

  get isDone(): boolean {
    return this.#winner === undefined && !this.#isAnyPending;
  }

  /** The answer when there is no winner and not all are done. */
  pending(next: Gen): Step {
    return Number.isFinite(this.#wake)
      ? { kind: 'pending', next, wake: this.#wake }
      : { kind: 'pending', next };
  }
}
