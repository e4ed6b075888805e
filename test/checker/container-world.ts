// Simulated queues, stacks and sets with concurrent clients and unique values; large ones for benchmarks.
import type { Random } from '../../src/base/random.ts';
import type { Op } from '../../src/history/op.ts';

export type ContainerKind = 'fifoQueue' | 'unorderedQueue' | 'priorityQueue' | 'stack' | 'set';

export type ContainerOptions = {
  readonly kind: ContainerKind;
  readonly operations: number;
  readonly threads: number;
  readonly random: Random;
  /** Receives the records in order. */
  readonly take: (op: Op) => void;
  /** Whether the last answer but a few is one that was given before. */
  readonly stale?: boolean;
};

type Request = { readonly f: string; readonly value: unknown };
type Thing = { readonly request: () => Request; readonly answer: (request: Request) => unknown };

/** Threads take turns at random; an operation takes effect at a turn between its invocation and completion. */
export const simulateContainer = (options: ContainerOptions): void => {
  const { random, threads, operations, take, stale = false } = options;
  const thing = things[options.kind](random);
  const open: ({ request: Request; done: boolean; answer: unknown } | undefined)[] = [];
  let [index, started, ended] = [0, 0, 0];
  let given: unknown;
  const record = (process: number, fields: Pick<Op, 'type' | 'f' | 'value'>): void => {
    take({ index, time: index * 1000, process, ...fields });
    index++;
  };
  while (ended < operations) {
    const thread = random.int(threads);
    const busy = open[thread];
    if (busy === undefined) {
      if (started === operations) continue;
      started++;
      const request = thing.request();
      open[thread] = { request, done: false, answer: undefined };
      record(thread, { type: 'invoke', ...request });
    } else if (!busy.done) {
      busy.answer = thing.answer(busy.request);
      busy.done = true;
    } else {
      open[thread] = undefined;
      ended++;
      const isTaken = busy.request.value === null && busy.answer !== null;
      const lies = stale && isTaken && ended > operations / 2 && given !== undefined;
      record(thread, { type: 'ok', f: busy.request.f, value: lies ? given : busy.answer });
      if (isTaken && ended < operations / 2) given = busy.answer;
    }
  }
};

/** A container whose values lie in an array; `at` says where the next one to be taken is. */
const container =
  (names: readonly [put: string, take: string], at: (items: readonly number[]) => number) =>
  (random: Random): Thing => {
    const items: number[] = [];
    let next = 0;
    return {
      request: () =>
        random.int(2) === 0 ? { f: names[0], value: next++ } : { f: names[1], value: null },
      answer: ({ value }) => {
        if (value !== null) {
          items.push(value as number);
          return value;
        }
        return items.length === 0 ? null : (items.splice(at(items), 1)[0] as number);
      },
    };
  };

const leastOf = (items: readonly number[]): number => {
  let least = 0;
  for (let i = 1; i < items.length; i++)
    if ((items[i] as number) < (items[least] as number)) least = i;
  return least;
};

const set = (random: Random): Thing => {
  const elements = new Set<number>();
  let next = 0;
  return {
    request: () => {
      const draw = random.int(3);
      if (draw === 0 || next < 50) return { f: 'add', value: next++ };
      if (draw === 1 && next % 2 === 0) return { f: 'remove', value: next++ - 50 };
      return { f: 'contains', value: [next - random.int(100), true] };
    },
    answer: ({ f, value }) => {
      if (f === 'add') elements.add(value as number);
      if (f === 'remove') elements.delete(value as number);
      if (f !== 'contains') return value;
      const [element] = value as [number, boolean];
      return [element, elements.has(element)];
    },
  };
};

const things: Readonly<Record<ContainerKind, (random: Random) => Thing>> = {
  fifoQueue: container(['enqueue', 'dequeue'], () => 0),
  unorderedQueue: container(['enqueue', 'dequeue'], (items) => items.length >> 1),
  priorityQueue: container(['enqueue', 'dequeue'], leastOf),
  stack: container(['push', 'pop'], (items) => items.length - 1),
  set,
};
