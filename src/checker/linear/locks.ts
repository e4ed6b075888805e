// Models of things that are held and let go: mutex, read-write lock, semaphore, lease, leadership.
import { canonical, type Model, type ModelOp, show } from './model.ts';

const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

/** A lock without owner: `acquire` when it is free, `release` when it is held. */
export const mutex = (): Model<boolean> => ({
  name: 'mutex',
  fs: ['acquire', 'release'],
  init: false,
  step: (isHeld, op) => (isHeld === (op.f === 'acquire') ? undefined : !isHeld),
  key: Number,
  kind: (op) => op.f,
  describe: (op) => op.f,
  describeState: (isHeld) => (isHeld ? 'held' : 'free'),
});

/** Readers, or -1 while a writer holds it. */
type Holders = number;
const lockSteps: Readonly<Record<string, (holders: Holders) => Holders | undefined>> = {
  'acquire-read': (holders) => (holders >= 0 ? holders + 1 : undefined),
  'release-read': (holders) => (holders > 0 ? holders - 1 : undefined),
  'acquire-write': (holders) => (holders === 0 ? -1 : undefined),
  'release-write': (holders) => (holders === -1 ? 0 : undefined),
};

/** Many readers or one writer: `acquire-read`, `release-read`, `acquire-write`, `release-write`. */
export const readWriteLock = (): Model<Holders> => ({
  name: 'read-write-lock',
  fs: Object.keys(lockSteps),
  init: 0,
  step: (holders, op) => lockSteps[op.f]?.(holders),
  kind: (op) => op.f,
  describe: (op) => op.f,
  describeState: (holders) => (holders < 0 ? 'held by a writer' : `held by ${holders} readers`),
});

const permitsOf = (op: ModelOp): number => (typeof op.value === 'number' ? op.value : 1);

/** `acquire n` and `release n` of a number of permits, one when the value is no number. */
export const semaphore = (permits: number): Model<number> => ({
  name: 'semaphore',
  fs: ['acquire', 'release'],
  init: permits,
  step: (free, op) => {
    const after = free + (op.f === 'acquire' ? -permitsOf(op) : permitsOf(op));
    return after < 0 || after > permits ? undefined : after;
  },
  kind: (op) => `${op.f} ${permitsOf(op)}`,
  describe: (op) => `${op.f} ${permitsOf(op)}`,
  describeState: (free) => `${free} free`,
});

/** Held by one at a time: `acquire holder` (again by the same is fine), `release holder`, `read` (who holds it, or null). */
export const lease = (): Model<unknown> => ({
  name: 'lease',
  fs: ['acquire', 'release', 'read'],
  init: null,
  step: (holder, op) => {
    if (op.f === 'read') return op.type === 'info' || isSame(holder, op.value) ? holder : undefined;
    if (op.f === 'acquire')
      return holder === null || isSame(holder, op.value) ? op.value : undefined;
    return isSame(holder, op.value) && holder !== null ? null : undefined;
  },
  isPure: (op) => op.f === 'read',
  describe: (op) => (op.f === 'read' && op.type === 'info' ? 'read' : `${op.f} ${show(op.value)}`),
});

type Term = readonly [term: number, leader: unknown];

/** Who leads: `read` completes with `[term, leader]`. Terms never go back, and a term has one leader. */
export const leader = (): Model<Term> => ({
  name: 'leader',
  fs: ['read'],
  init: [0, null],
  step: (known, op) => {
    if (op.type === 'info') return known;
    const [term, who] = op.value as Term;
    if (term === known[0]) return isSame(who, known[1]) ? known : undefined;
    return term > known[0] ? [term, who] : undefined;
  },
  isPure: (op) => op.type === 'info',
  describe: (op) =>
    op.type === 'info' ? 'ask who leads' : `hear of term and leader ${show(op.value)}`,
  describeState: ([term, who]) => `term ${term} of ${show(who)}`,
});
