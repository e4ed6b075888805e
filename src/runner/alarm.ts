// One timer that is moved only when it has to ring earlier: an early ring costs less than setting it anew.

/** A timer longer than this (about 24 days) would fire at once. */
const timerMaxMs = 2 ** 31 - 1;

export class Alarm {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings at `at` or before (never for Infinity); both in nanoseconds of the same clock. */
  set(at: number, now: number): void {
    if (at >= this.#at || at === Number.POSITIVE_INFINITY) return;
    clearTimeout(this.#timer);
    this.#at = at;
    const ms = Math.min(timerMaxMs, Math.max(1, Math.ceil((at - now) / 1e6)));
    this.#timer = setTimeout(this.#onTimer, ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#at = Number.POSITIVE_INFINITY;
  }

  readonly #onTimer = (): void => {
    this.#at = Number.POSITIVE_INFINITY;
    this.#ring();
  };
}
