// Workload `register`: reads, unique writes and compare-and-sets on independent keys; each key must be linearizable.
import {
  type Context,
  concurrentKeys,
  fork,
  type Gen,
  lift,
  limit,
  linearizable,
  mix,
  models,
  type Op,
  type OptionSpecs,
  processLimit,
  Random,
  repeat,
  reserve,
  type Step,
  usageError,
  type Workload,
  type WorkloadContext,
} from 'ordeal';

const options = {
  'ops-per-key': {
    type: 'number',
    describe: 'Operations on a key before the next one takes its place',
    default: 200,
    min: 1,
    integer: true,
  },
  keys: {
    type: 'number',
    describe: 'Keys at once; 0: as many as there can be with two threads a node for each',
    default: 0,
    min: 0,
    integer: true,
  },
} as const satisfies OptionSpecs;

/** How many of the values acknowledged last a compare-and-set may start from: some of them are still there. */
const recentMax = 2;

/** Writes and compare-and-sets on one key: every value new, so that each read tells which write it saw. */
class Changes implements Gen {
  /** The value that comes next. */
  readonly next: number;
  /** Values that the register held a moment ago, the newest first. */
  readonly recent: readonly number[];

  constructor(next: number, recent: readonly number[]) {
    this.next = next;
    this.recent = recent;
  }

  op(context: Context): Step {
    const { next, recent } = this;
    const random = new Random(fork(context.rng, next));
    const compares = recent.length > 0 && random.int(2) === 0;
    const spec = compares
      ? { f: 'cas', value: [random.pick(recent), next] }
      : { f: 'write', value: next };
    const step = lift(spec).op(context);
    if (step.kind === 'op') return { ...step, next: new Changes(next + 1, recent) };
    return step.kind === 'pending' ? { ...step, next: this } : step;
  }

  update(_context: Context, event: Op): Gen {
    const held = event.type === 'ok' ? heldAfter(event) : null;
    if (typeof held !== 'number' || held === this.recent[0]) return this;
    return new Changes(this.next, [held, ...this.recent].slice(0, recentMax));
  }
}

/** The value that a register certainly had when the operation ended. */
const heldAfter = ({ f, value }: Op): unknown =>
  f === 'cas' && Array.isArray(value) ? value[1] : value;

const reads = repeat({ f: 'read' });

/**
 * So many operations of unknown outcome end a key: each stays possible until the key's end, and a checker may have to
 * try every subset of them.
 */
const unknownMax = 10;

const oneKey = (threads: number, operations: number): Gen => {
  const readers = Math.floor(threads / 2);
  const changes = new Changes(1, []);
  const gen = readers === 0 ? mix([reads, changes]) : reserve([[readers, reads]], changes);
  return limit(operations, processLimit(threads + unknownMax, gen));
};

/**
 * A key has consecutive threads, thread i talks to node i mod n: with 2n of them each node is read by one and written
 * through by another, so that a stale read shows on whichever side of a partition it happens.
 */
const threadsPerKey = ({ nodes, concurrency, options: values }: WorkloadContext): number => {
  const asked = Number(values.keys ?? options.keys.default);
  if (asked > 0 && concurrency % asked !== 0)
    throw usageError(
      `--keys ${asked} does not divide the concurrency of ${concurrency}`,
      `Give every key the same number of threads, e.g. --concurrency ${asked * 2 * nodes.length}.`,
    );
  if (asked > 0) return concurrency / asked;
  let keys = Math.max(1, Math.floor(concurrency / (2 * nodes.length)));
  while (concurrency % keys !== 0) keys--;
  return concurrency / keys;
};

function* wholeNumbers(): Generator<number> {
  for (let key = 0; ; key++) yield key;
}

export const workload: Workload = {
  about:
    'Reads, writes and compares-and-sets registers; each must behave as if there were one copy.',
  vocabulary: 'register',
  options,
  generator: (context) => {
    const threads = threadsPerKey(context);
    const operations = Number(context.options['ops-per-key'] ?? options['ops-per-key'].default);
    return concurrentKeys(threads, wholeNumbers(), () => oneKey(threads, operations));
  },
  checkers: () => ({ linear: linearizable({ model: models.casRegister(null) }) }),
};
