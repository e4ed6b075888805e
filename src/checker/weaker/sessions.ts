// What each client could rely on in what it saw itself: the four session guarantees of Terry et al. 1994, on one register.
import { initial, isSure, isWritten, none, type Observed } from './observed.ts';

/** Which guarantees held for all clients. */
export type Sessions = {
  readonly readYourWrites: boolean;
  readonly monotonicReads: boolean;
  readonly monotonicWrites: boolean;
  readonly writesFollowReads: boolean;
};

/**
 * Value a is older than b when it is the first one, when its writing had returned before b's began, or when b replaced it
 * by compare-and-set. A client that has written, or read, b must not read an older value (read your writes, monotonic
 * reads). One that has read b must not then read what b's writer had written before b (monotonic writes), or had read
 * before it wrote b (writes follow reads).
 */
export const sessionsOf = (observed: Observed): Sessions => {
  const clients = Array.from({ length: observed.sessions }, () => new Client(observed));
  const firstReads = firstReadsOf(observed);
  const held = {
    readYourWrites: true,
    monotonicReads: true,
    monotonicWrites: true,
    writesFollowReads: true,
  };
  const { accesses, session, part } = observed;
  for (let place = 0; place < part.count; place++) {
    if (!isSure(observed, place)) continue;
    const client = clients[session[place] as number] as Client;
    const value = accesses.reads[place] as number;
    if (value !== none && isWritten(observed, value)) {
      if (client.written.hasNewer(value)) held.readYourWrites = false;
      if (client.seen.hasNewer(value)) held.monotonicReads = false;
      if (client.sawLaterWrite(value)) held.monotonicWrites = false;
      if (client.sawFollower(value, firstReads.get(value))) held.writesFollowReads = false;
      client.see(value);
    }
    const next = accesses.writes[place] as number;
    if (next !== none) client.written.add(next);
  }
  return held;
};

/** By value: when each client certainly read it first. */
type FirstReads = ReadonlyMap<number, ReadonlyMap<number, number>>;

const firstReadsOf = (observed: Observed): FirstReads => {
  const { accesses, session, part } = observed;
  const all = new Map<number, Map<number, number>>();
  for (let place = 0; place < part.count; place++) {
    const value = accesses.reads[place] as number;
    if (value === none || !isSure(observed, place)) continue;
    const mine = all.get(value) ?? new Map<number, number>();
    all.set(value, mine);
    const client = session[place] as number;
    if (!mine.has(client)) mine.set(client, part.start[place] as number);
  }
  return all;
};

/** Values that a client came by; whether any is newer than another one. */
class Values {
  readonly #observed: Observed;
  readonly #replaced = new Set<number>();
  #latestStart = Number.NEGATIVE_INFINITY;
  #hasWritten = false;

  constructor(observed: Observed) {
    this.#observed = observed;
  }

  add(value: number): void {
    if (value === initial) return;
    this.#hasWritten = true;
    this.#latestStart = Math.max(this.#latestStart, this.#observed.writeStart[value] as number);
    const before = this.#observed.replaced[value] as number;
    if (before !== none) this.#replaced.add(before);
  }

  hasNewer(value: number): boolean {
    if (value === initial) return this.#hasWritten;
    return (
      (this.#observed.writeEnd[value] as number) < this.#latestStart || this.#replaced.has(value)
    );
  }
}

class Client {
  readonly written: Values;
  readonly seen: Values;
  readonly #observed: Observed;
  /** By writing client: when the last write that was seen of it began. */
  readonly #lastSeen = new Map<number, number>();
  /** Values that compare-and-sets whose values were seen had found. */
  readonly #found = new Set<number>();

  constructor(observed: Observed) {
    this.#observed = observed;
    this.written = new Values(observed);
    this.seen = new Values(observed);
  }

  see(value: number): void {
    this.seen.add(value);
    if (value === initial) return;
    const writer = this.#writerOf(value);
    const start = this.#observed.writeStart[value] as number;
    this.#lastSeen.set(writer, Math.max(start, this.#lastSeen.get(writer) ?? start));
    const before = this.#observed.replaced[value] as number;
    if (before !== none) this.#found.add(before);
  }

  sawLaterWrite(value: number): boolean {
    if (value === initial) return false;
    const last = this.#lastSeen.get(this.#writerOf(value));
    return last !== undefined && last > (this.#observed.writeStart[value] as number);
  }

  sawFollower(value: number, readers: ReadonlyMap<number, number> | undefined): boolean {
    if (this.#found.has(value)) return true;
    for (const [client, start] of readers ?? [])
      if ((this.#lastSeen.get(client) ?? start) > start) return true;
    return false;
  }

  #writerOf(value: number): number {
    return this.#observed.session[this.#observed.accesses.writer[value] as number] as number;
  }
}
