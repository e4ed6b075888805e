// Kafka-style logs: what each operation sent and polled, and the order of each key's messages that offsets reveal.
import type { Op } from '../../op.ts';
import { type Completed, canonical, completionsOf, entriesOf } from '../verdict.ts';

/**
 * Operations: `f` is `send`, `poll` or `txn`, and the value a list of `['send', key, message]` (completed:
 * `['send', key, [offset, message]]`, offset null if unknown) and `['poll']` (completed: `['poll', {key:
 * [[offset, message],
 * …]}]`, a record, Map or list of pairs). `assign` and `subscribe` have a list of keys as value. Messages are
 * unique per key.
 * An operation may carry `rebalanceLog: [{keys: [key, …]}, …]`, the partitions taken from or given to it meanwhile.
 */
export type KafkaOp = Op & {
  readonly rebalanceLog?: readonly { readonly keys?: readonly unknown[] }[];
};

/** A message with its offset, null where nobody knows it. */
export type Message = { readonly offset: number | null; readonly value: unknown };

/** A completed operation with what it sent and what it polled, by key, in its order. */
export type Exchange = Completed<unknown> & {
  readonly node: number;
  readonly sends: ReadonlyMap<string, readonly Message[]>;
  readonly polls: ReadonlyMap<string, readonly Message[]>;
};

/** The log of one key: values that were seen at each offset, in order of offsets. */
export type KeyLog = {
  readonly offsets: readonly number[];
  readonly values: readonly ReadonlySet<unknown>[];
  /** One value for each place, and the first place of each value. */
  readonly at: readonly unknown[];
  readonly placeOf: ReadonlyMap<unknown, number>;
};

/** A history of logs, indexed. */
export type Logs = {
  readonly exchanges: readonly Exchange[];
  readonly logs: ReadonlyMap<string, KeyLog>;
  /** Per key and value the exchange that sent it; of several the one that may have happened. */
  readonly writerOf: (key: string, value: unknown) => Exchange | undefined;
  /** Per key the values that some poll which ended ok returned, and who first did. */
  readonly polled: ReadonlyMap<string, ReadonlyMap<unknown, Exchange>>;
  /** True if the exchange certainly happened: it ended ok, or one of its messages was polled. */
  readonly happened: (exchange: Exchange) => boolean;
};

const push = <T>(lists: Map<string, T[]>, key: string, item: T): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
};

const messageOf = (value: unknown): Message =>
  Array.isArray(value)
    ? { offset: (value[0] as number | null | undefined) ?? null, value: canonical(value[1]) }
    : { offset: null, value: canonical(value) };

const exchangeOf = (completed: Completed<unknown>, node: number): Exchange => {
  const sends = new Map<string, Message[]>();
  const polls = new Map<string, Message[]>();
  const { f, value } = completed.op;
  if ((f === 'send' || f === 'poll' || f === 'txn') && Array.isArray(value))
    for (const [kind, ...rest] of value as unknown[][]) {
      if (kind === 'send') push(sends, `${rest[0]}`, messageOf(rest[1]));
      else
        for (const [key, messages] of entriesOf(rest[0]))
          for (const message of messages as unknown[]) push(polls, `${key}`, messageOf(message));
    }
  return { ...completed, node, sends, polls };
};

class LogBuilder {
  readonly #places = new Map<string, Map<number, Set<unknown>>>();

  add(key: string, { offset, value }: Message): void {
    if (offset === null) return;
    const places = this.#places.get(key) ?? new Map<number, Set<unknown>>();
    this.#places.set(key, places);
    const values = places.get(offset);
    if (values === undefined) places.set(offset, new Set([value]));
    else values.add(value);
  }

  build(): Map<string, KeyLog> {
    const logs = new Map<string, KeyLog>();
    for (const [key, places] of this.#places) {
      const sorted = [...places].sort(([a], [b]) => a - b);
      const at = sorted.map(([, values]) => values.values().next().value);
      const placeOf = new Map<unknown, number>();
      for (const [place, value] of at.entries()) if (!placeOf.has(value)) placeOf.set(value, place);
      logs.set(key, {
        offsets: sorted.map(([o]) => o),
        values: sorted.map(([, v]) => v),
        at,
        placeOf,
      });
    }
    return logs;
  }
}

const writersOf = (exchanges: readonly Exchange[]): Map<string, Map<unknown, Exchange>> => {
  const writers = new Map<string, Map<unknown, Exchange>>();
  for (const exchange of exchanges)
    for (const [key, messages] of exchange.sends) {
      const own = writers.get(key) ?? new Map<unknown, Exchange>();
      writers.set(key, own);
      for (const { value } of messages)
        if (exchange.op.type !== 'fail' || !own.has(value)) own.set(value, exchange);
    }
  return writers;
};

const polledOf = (exchanges: readonly Exchange[]): Map<string, Map<unknown, Exchange>> => {
  const polled = new Map<string, Map<unknown, Exchange>>();
  for (const exchange of exchanges) {
    if (exchange.op.type !== 'ok') continue;
    for (const [key, messages] of exchange.polls) {
      const own = polled.get(key) ?? new Map<unknown, Exchange>();
      polled.set(key, own);
      for (const { value } of messages) if (!own.has(value)) own.set(value, exchange);
    }
  }
  return polled;
};

/** Indexes a history. Offsets of polls are always believed, those of sends only if the send certainly happened. */
export const readLogs = (ops: readonly KafkaOp[]): Logs => {
  const exchanges = completionsOf(ops).map(exchangeOf);
  const writers = writersOf(exchanges);
  const polled = polledOf(exchanges);
  const happened = (exchange: Exchange): boolean =>
    exchange.op.type === 'ok' ||
    (exchange.op.type === 'info' &&
      [...exchange.sends].some(([key, messages]) =>
        messages.some(({ value }) => polled.get(key)?.has(value)),
      ));
  const builder = new LogBuilder();
  for (const exchange of exchanges)
    for (const messages of happened(exchange) ? [exchange.sends, exchange.polls] : [exchange.polls])
      for (const [key, own] of messages) for (const message of own) builder.add(key, message);
  const writerOf = (key: string, value: unknown): Exchange | undefined =>
    writers.get(key)?.get(value);
  return { exchanges, logs: builder.build(), writerOf, polled, happened };
};

/** How far apart two messages are in the key's order; 1 where nobody knows. */
export const distance = (
  logs: Logs,
  key: string,
  [first, second]: readonly [unknown, unknown],
): number => {
  const log = logs.logs.get(key);
  const [a, b] = [log?.placeOf.get(first), log?.placeOf.get(second)];
  return a === undefined || b === undefined ? 1 : b - a;
};

/** The messages between two in the key's order. */
export const between = (
  logs: Logs,
  key: string,
  [first, second]: readonly [unknown, unknown],
): unknown[] => {
  const log = logs.logs.get(key);
  return (log?.at ?? []).slice((log?.placeOf.get(first) ?? 0) + 1, log?.placeOf.get(second) ?? 0);
};
