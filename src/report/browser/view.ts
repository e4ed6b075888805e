// The visible stretch of time, shared by everything on the time axis.

export type Range = { readonly min: number; readonly max: number };
type Listener = (range: Range) => void;

// Below a microsecond there is nothing left to see.
const narrowest = 1e-3;

/** A range of milliseconds within `[0, whole]`; tells its listeners when it changes. */
export class View {
  readonly whole: number;
  #range: Range;
  readonly #listeners: Listener[] = [];
  constructor(whole: number) {
    this.whole = whole;
    this.#range = { min: 0, max: whole };
  }

  get range(): Range {
    return this.#range;
  }

  get isWhole(): boolean {
    return this.#range.min <= 0 && this.#range.max >= this.whole;
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Shows a range; one that reaches beyond the run is moved inside, one that is too narrow is widened. */
  show(min: number, max: number): void {
    const width = Math.min(this.whole, Math.max(narrowest, max - min));
    const from = Math.min(Math.max(0, min), this.whole - width);
    if (from === this.#range.min && from + width === this.#range.max) return;
    this.#range = { min: from, max: from + width };
    for (const listener of this.#listeners) listener(this.#range);
  }

  reset(): void {
    this.show(0, this.whole);
  }

  /** Moves by a share of what is visible. */
  pan(share: number): void {
    const { min, max } = this.#range;
    this.show(min + (max - min) * share, max + (max - min) * share);
  }

  /** Zooms by a factor around the middle: below 1 comes nearer. */
  zoom(factor: number): void {
    const { min, max } = this.#range;
    const middle = (min + max) / 2;
    const half = ((max - min) / 2) * factor;
    this.show(middle - half, middle + half);
  }
}
