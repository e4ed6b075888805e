// What can be wrong with the messages of a log: lost, twice, at contradictory offsets, never sent, or not committed.
import type { Exchange, KeyLog, Logs } from './log.ts';

/** One finding. Operations are given by index; `values` are two neighbours, or what was seen at one offset. */
export type KafkaError = {
  readonly key: string;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
  readonly ops?: readonly number[];
  readonly offset?: number;
  readonly offsets?: readonly number[];
  /** Places apart in the key's order: less than 1 backwards or on the spot, more than 1 with messages skipped. */
  readonly delta?: number;
  readonly skipped?: readonly unknown[];
  readonly text: string;
};

/** Offsets at which different messages were seen. */
export const inconsistentOffsets = ({ logs }: Logs): KafkaError[] =>
  [...logs].flatMap(([key, log]) =>
    log.values.flatMap((seen, place): KafkaError[] => {
      if (seen.size < 2) return [];
      const [offset, values] = [log.offsets[place] as number, [...seen]];
      return [
        { key, offset, values, text: `offset ${offset} of ${key} holds ${values.join(' and ')}` },
      ];
    }),
  );

/** Messages at more than one offset. */
export const duplicates = ({ logs }: Logs): KafkaError[] =>
  [...logs].flatMap(([key, log]) => {
    const places = new Map<unknown, number[]>();
    for (const [place, seen] of log.values.entries())
      for (const value of seen)
        places.set(value, [...(places.get(value) ?? []), log.offsets[place] as number]);
    return [...places].flatMap(([value, offsets]): KafkaError[] =>
      offsets.length < 2
        ? []
        : [{ key, value, offsets, text: `${value} is in ${key} at offsets ${offsets.join(', ')}` }],
    );
  });

const polledValues = function* (
  exchange: Exchange,
): Generator<readonly [key: string, value: unknown]> {
  for (const [key, messages] of exchange.polls)
    for (const { value } of messages) yield [key, value];
};

/** Completed polls of messages whose sender certainly failed. */
export const abortedReads = (logs: Logs): KafkaError[] =>
  logs.exchanges
    .filter(({ op }) => op.type === 'ok')
    .flatMap((reader) =>
      [...polledValues(reader)].flatMap(([key, value]): KafkaError[] => {
        const writer = logs.writerOf(key, value);
        if (writer?.op.type !== 'fail') return [];
        const text = `T${reader.index} polled ${value} of ${key}, which T${writer.index} failed to send`;
        return [{ key, value, ops: [writer.index, reader.index], text }];
      }),
    );

/** Polls of messages that nobody sent. */
export const garbageReads = (logs: Logs): KafkaError[] =>
  logs.exchanges.flatMap((reader) =>
    [...polledValues(reader)].flatMap(([key, value]): KafkaError[] =>
      logs.writerOf(key, value) !== undefined
        ? []
        : [
            {
              key,
              value,
              ops: [reader.index],
              text: `T${reader.index} polled ${value} of ${key}, which nobody sent`,
            },
          ],
    ),
  );

/** Transactions that polled what they sent themselves: before they committed, nobody may see it. */
export const precommittedReads = ({ exchanges }: Logs): KafkaError[] =>
  exchanges.flatMap((exchange) => {
    const sent = new Set(
      [...exchange.sends].flatMap(([key, own]) => own.map(({ value }) => `${key} ${value}`)),
    );
    return [...polledValues(exchange)].flatMap(([key, value]): KafkaError[] =>
      sent.has(`${key} ${value}`)
        ? [
            {
              key,
              value,
              ops: [exchange.index],
              text: `T${exchange.index} polled ${value} of ${key}, which it sent itself`,
            },
          ]
        : [],
    );
  });

const lastPlaces = (log: KeyLog): Map<unknown, number> => {
  const last = new Map<unknown, number>();
  for (const [place, seen] of log.values.entries())
    for (const value of seen) last.set(value, place);
  return last;
};

/** Messages before the furthest one polled that nobody polled, though their sender certainly succeeded. */
export const lostWrites = (logs: Logs): KafkaError[] =>
  [...logs.polled].flatMap(([key, polled]) => {
    const log = logs.logs.get(key);
    if (log === undefined) return [];
    const first = new Map<unknown, number>();
    for (const [place, seen] of log.values.entries())
      for (const value of seen) if (!first.has(value)) first.set(value, place);
    let [bound, furthest]: [number, Exchange | undefined] = [-1, undefined];
    for (const [value, reader] of polled) {
      const place = first.get(value) ?? -1;
      if (place > bound) [bound, furthest] = [place, reader];
    }
    return [...lastPlaces(log)].flatMap(([value, place]): KafkaError[] => {
      const writer = logs.writerOf(key, value);
      if (place > bound || polled.has(value) || writer === undefined || !logs.happened(writer))
        return [];
      const reader = furthest?.index ?? -1;
      const text = `T${writer.index} sent ${value} to ${key} and nobody polled it, though T${reader} polled further on`;
      return [{ key, value, ops: [writer.index, reader], text }];
    });
  });

/** Messages sent successfully that nobody had polled when the history ended. */
export const unseen = (logs: Logs): KafkaError[] =>
  logs.exchanges
    .filter(({ op }) => op.type === 'ok')
    .flatMap((writer) =>
      [...writer.sends].flatMap(([key, own]) =>
        own.flatMap(({ value }): KafkaError[] =>
          logs.polled.get(key)?.has(value)
            ? []
            : [
                {
                  key,
                  value,
                  ops: [writer.index],
                  text: `T${writer.index} sent ${value} to ${key}, and nobody ever polled it`,
                },
              ],
        ),
      ),
    );
