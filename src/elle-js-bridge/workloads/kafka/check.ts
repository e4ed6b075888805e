// The checker of Kafka-style logs: all kinds of findings, and which of them a system is allowed.
import { byType, type DependencyCycle, DependencyGraph } from '../dependency-graph.ts';
import type { WorkloadVerdict } from '../verdict.ts';
import {
  abortedReads,
  duplicates,
  garbageReads,
  inconsistentOffsets,
  type KafkaError,
  lostWrites,
  precommittedReads,
  unseen,
} from './cases.ts';
import { type KafkaOp, type Logs, readLogs } from './log.ts';
import { externalSteps, internalSteps } from './steps.ts';

/** How the clients consume, and what is looked for. */
export type KafkaOptions = {
  /**
   * Consumers subscribe, so that partitions move between them: skips and steps back between polls are then
   * expected.
   */
  readonly subscribes?: boolean;
  /** Also derive write-write dependencies from offsets: then cycles of writes and reads are expected too. */
  readonly wwDeps?: boolean;
  /** Types of findings to allow besides. */
  readonly allow?: readonly string[];
  /** Findings of each type to keep; 32 unless said otherwise. */
  readonly limit?: number;
};

/** Findings of one type: how many there are, and the gravest. */
export type KafkaFindings = {
  readonly count: number;
  readonly errors: readonly (KafkaError | DependencyCycle)[];
};

/** The verdict: valid if every type found is an allowed one. `unknown` if nothing was polled. */
export type KafkaVerdict = WorkloadVerdict & {
  readonly badErrorTypes: readonly string[];
  readonly errorTypes: readonly string[];
  readonly errors: Readonly<Record<string, KafkaFindings>>;
  readonly sendCount: number;
  readonly pollCount: number;
};

/** Writes of transactions interleave all the time in these systems: nothing of the kind is wrong. */
const always = ['int-send-skip', 'G0', 'G0-process', 'G0-realtime'];

const allowedTypes = (options: KafkaOptions): Set<string> =>
  new Set([
    ...always,
    ...(options.subscribes === true ? ['poll-skip', 'nonmonotonic-poll'] : []),
    ...(options.wwDeps === true ? ['G1c', 'G1c-process', 'G1c-realtime'] : []),
    ...(options.allow ?? []),
  ]);

/** Cycles of who sent what others polled, in real time; on request also of who sent before whom. */
const cyclesOf = (logs: Logs, wwDeps: boolean): DependencyCycle[] => {
  const graph = new DependencyGraph(logs.exchanges);
  for (const reader of logs.exchanges)
    for (const [key, messages] of reader.polls)
      for (const { value } of messages) {
        const writer = logs.writerOf(key, value);
        if (writer === undefined || writer.op.type === 'fail' || reader.op.type !== 'ok') continue;
        const text = `sent ${value} to ${key}, which was polled by`;
        graph.add({ from: writer.node, to: reader.node, relation: 'wr', key, text });
      }
  if (wwDeps)
    for (const [key, { at }] of logs.logs)
      for (let i = 1; i < at.length; i++) {
        const [a, b] = [logs.writerOf(key, at[i - 1]), logs.writerOf(key, at[i])];
        if (a === undefined || b === undefined) continue;
        const text = `sent ${at[i - 1]} to ${key} before ${at[i]} of`;
        graph.add({ from: a.node, to: b.node, relation: 'ww', key, text });
      }
  graph.addRealtime();
  return graph.cycles();
};

/** The gravest first: the longest way back, or the most left out. */
const gravest = (errors: readonly KafkaError[]): KafkaError[] =>
  errors.toSorted((a, b) => Math.abs((b.delta ?? 1) - 1) - Math.abs((a.delta ?? 1) - 1));

/** Judges a history of sends and polls; linear but for sorting. */
export const checkKafka = (ops: readonly KafkaOp[], options: KafkaOptions = {}): KafkaVerdict => {
  const logs = readLogs(ops);
  const limit = options.limit ?? 32;
  const [intPoll, intSend] = [internalSteps(logs, 'polls'), internalSteps(logs, 'sends')];
  const [poll, send] = [externalSteps(logs, 'polls'), externalSteps(logs, 'sends')];
  const found: Record<string, readonly (KafkaError | DependencyCycle)[]> = {
    duplicate: duplicates(logs),
    'inconsistent-offsets': inconsistentOffsets(logs),
    'int-poll-skip': gravest(intPoll.skip),
    'int-nonmonotonic-poll': gravest(intPoll.nonmonotonic),
    'int-send-skip': gravest(intSend.skip),
    'int-nonmonotonic-send': gravest(intSend.nonmonotonic),
    'poll-skip': gravest(poll.skip),
    'nonmonotonic-poll': gravest(poll.nonmonotonic),
    'nonmonotonic-send': gravest(send.nonmonotonic),
    G1a: abortedReads(logs),
    'garbage-read': garbageReads(logs),
    'precommitted-read': precommittedReads(logs),
    'lost-write': lostWrites(logs),
    unseen: unseen(logs),
    ...byType(cyclesOf(logs, options.wwDeps ?? false)),
  };
  const errorTypes = Object.keys(found)
    .filter((type) => (found[type]?.length ?? 0) > 0)
    .sort();
  const allowed = allowedTypes(options);
  const badErrorTypes = errorTypes.filter((type) => !allowed.has(type));
  const sum = (side: 'sends' | 'polls'): number =>
    logs.exchanges.reduce(
      (n, exchange) => n + [...exchange[side].values()].reduce((m, own) => m + own.length, 0),
      0,
    );
  const pollCount = sum('polls');
  return {
    valid: badErrorTypes.length > 0 ? false : pollCount === 0 ? 'unknown' : true,
    badErrorTypes,
    errorTypes,
    errors: Object.fromEntries(
      errorTypes.map((type) => [
        type,
        { count: found[type]?.length ?? 0, errors: found[type]?.slice(0, limit) ?? [] },
      ]),
    ),
    sendCount: sum('sends'),
    pollCount,
  };
};
