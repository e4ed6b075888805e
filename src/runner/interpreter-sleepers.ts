// Threads that sleep, by the time they wake.

type Sleeper = { readonly slot: number; readonly at: number };

/** Kept in order of waking, the first last; few sleep at a time, and most are added near the end of the order. */
export class Sleepers {
  #sleepers: Sleeper[] = [];

  get count(): number {
    return this.#sleepers.length;
  }

  /** When the first wakes (nanoseconds), Infinity when nobody sleeps. */
  get next(): number {
    return this.#sleepers.at(-1)?.at ?? Number.POSITIVE_INFINITY;
  }

  add(slot: number, at: number): void {
    let place = this.#sleepers.length;
    while (place > 0 && (this.#sleepers[place - 1] as Sleeper).at <= at) place--;
    this.#sleepers.splice(place, 0, { slot, at });
  }

  /** Removes and returns the slots that wake until then, in order. */
  wakeUntil(time: number): readonly number[] {
    const woken: number[] = [];
    while (this.next <= time) woken.push((this.#sleepers.pop() as Sleeper).slot);
    return woken;
  }

  /** Removes and returns all. */
  clear(): readonly number[] {
    return this.#sleepers.splice(0).map(({ slot }) => slot);
  }
}
