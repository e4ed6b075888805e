// Models of collections: set, queues, stack. Taking from an empty one completes with null.
import { type Container, canonical, type Model, type ModelOp, show } from './model.ts';

type Items = readonly unknown[];

const compare = (a: unknown, b: unknown): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [String(canonical(a)), String(canonical(b))];
  return x < y ? -1 : x > y ? 1 : 0;
};
const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
const sorted = (items: Items): unknown[] => [...items].sort(compare);
const without = (items: Items, value: unknown): unknown[] | undefined => {
  const at = items.findIndex((item) => isSame(item, value));
  return at < 0 ? undefined : items.toSpliced(at, 1);
};

/** Words: what was taken is known only when it completed. */
const describeTaking = (op: ModelOp, take: string): string =>
  op.f === take && op.type === 'info' ? op.f : `${op.f} ${show(op.value)}`;

/** Distinct elements: `add v`, `remove v`, `contains [v, answer]`, `read` (completes with all of them, in any order). */
export const set = (init: Items = []): Model<Items> => ({
  name: 'set',
  fs: ['add', 'remove', 'contains', 'read'],
  init: sorted(init),
  step: (items, op) => {
    if (op.f === 'add')
      return items.some((item) => isSame(item, op.value)) ? items : sorted([...items, op.value]);
    if (op.f === 'remove') return without(items, op.value) ?? items;
    if (op.type === 'info') return items;
    if (op.f === 'read') return isSame(sorted(op.value as Items), items) ? items : undefined;
    const [value, answer] = op.value as readonly [unknown, boolean];
    return items.some((item) => isSame(item, value)) === answer ? items : undefined;
  },
  isPure: (op) => op.f === 'contains' || op.f === 'read',
  isSet: init.length === 0,
});

type TakingOptions = {
  readonly name: string;
  readonly container: Container;
  /** Where a new item goes. */
  readonly insert: (items: Items, value: unknown) => Items;
  /** The item that is taken next, from a collection that is not empty. */
  readonly next: (items: Items) => unknown;
  readonly rest: (items: Items) => Items;
};

/** Collections in which it is certain what is taken next. */
const taking = ({ name, container, insert, next, rest }: TakingOptions): Model<Items> => ({
  name,
  fs: [container.put, container.take],
  container,
  init: [],
  step: (items, op) => {
    if (op.f === container.put) return insert(items, op.value);
    if (items.length === 0) return op.type === 'info' || op.value === null ? items : undefined;
    return op.type === 'info' || isSame(next(items), op.value) ? rest(items) : undefined;
  },
  describe: (op) => describeTaking(op, container.take),
});

/** First in, first out: `enqueue v`, `dequeue`. */
export const fifoQueue = (): Model<Items> =>
  taking({
    name: 'fifo-queue',
    container: { put: 'enqueue', take: 'dequeue', order: 'oldest' },
    insert: (items, value) => [...items, value],
    next: (items) => items[0],
    rest: (items) => items.slice(1),
  });

/** Last in, first out: `push v`, `pop`. */
export const stack = (): Model<Items> =>
  taking({
    name: 'stack',
    container: { put: 'push', take: 'pop', order: 'newest' },
    insert: (items, value) => [...items, value],
    next: (items) => items.at(-1),
    rest: (items) => items.slice(0, -1),
  });

/** Smallest first, numbers by size and anything else by its text: `enqueue v`, `dequeue`. */
export const priorityQueue = (): Model<Items> =>
  taking({
    name: 'priority-queue',
    container: { put: 'enqueue', take: 'dequeue', order: 'least', compare },
    insert: (items, value) => sorted([...items, value]),
    next: (items) => items[0],
    rest: (items) => items.slice(1),
  });

/**
 * No order at all: `enqueue v`, `dequeue`. One of unknown outcome takes the smallest: to have taken anything only ever
 * explains an empty queue later, it may take effect as late as just before that, and then everything has to go.
 */
export const unorderedQueue = (): Model<Items> => ({
  name: 'unordered-queue',
  fs: ['enqueue', 'dequeue'],
  container: { put: 'enqueue', take: 'dequeue', order: 'any' },
  init: [],
  step: (items, op) => {
    if (op.f === 'enqueue') return sorted([...items, op.value]);
    if (op.type === 'info') return items.slice(1);
    if (op.value === null) return items.length === 0 ? items : undefined;
    return without(items, op.value);
  },
  describe: (op) => describeTaking(op, 'dequeue'),
});
