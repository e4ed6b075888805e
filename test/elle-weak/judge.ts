// A slow, independent judge: tries every order of commits of a handful of transactions.
import type { Op } from '../../src/elle-js-bridge/op.ts';

type Mop = readonly [f: string, key: unknown, value: unknown];
type Read = { key: unknown; value: unknown; from: number; at: number };
/** A committed transaction: -1 is the initial state. */
export type Txn = {
  readonly id: number;
  readonly process: unknown;
  readonly invoked: number;
  readonly completed: number;
  readonly mops: readonly Mop[];
  readonly reads: Read[];
  readonly finals: ReadonlyMap<unknown, unknown>;
};

const last = (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value) ?? null;
const elements = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Committed transactions with their external reads resolved, or undefined if a read is wrong by itself. */
export const committed = (ops: readonly Op[]): Txn[] | undefined => {
  const done = ops.filter((op) => op.type !== 'invoke') as Op<Mop[]>[];
  const observed = new Set(
    done
      .filter((op) => op.type === 'ok')
      .flatMap((op) => op.value.map((m) => ({ op, m })))
      .filter(({ m }) => m[0] === 'r' && m[2] !== null)
      .flatMap(({ op, m }) =>
        elements(m[2])
          .map((v) =>
            done.find((w) => w.value.some((x) => x[0] !== 'r' && x[1] === m[1] && x[2] === v)),
          )
          .filter((w) => w !== op),
      ),
  );
  const live = done.filter((op) => op.type === 'ok' || (op.type === 'info' && observed.has(op)));
  const txns: Txn[] = live.map((op, id) => ({
    id,
    process: op.process,
    invoked: ops.findLastIndex(
      (o) => o.type === 'invoke' && o.process === op.process && ops.indexOf(o) < ops.indexOf(op),
    ),
    completed: op.type === 'ok' ? ops.indexOf(op) : Number.POSITIVE_INFINITY,
    mops: op.value,
    reads: [],
    finals: new Map(op.value.filter((m) => m[0] !== 'r').map((m) => [m[1], m[2]])),
  }));
  for (const txn of txns) if (live[txn.id]?.type === 'ok' && !resolve(txn, txns)) return undefined;
  return txns;
};

const resolve = (txn: Txn, txns: readonly Txn[]): boolean => {
  for (const [at, [f, key, value]] of txn.mops.entries()) {
    if (f !== 'r') continue;
    const own = txn.mops.slice(0, at).findLast((m) => m[0] !== 'r' && m[1] === key);
    const seen = last(value);
    if (own !== undefined) {
      if (own[2] !== seen) return false;
      continue;
    }
    const from = seen === null ? undefined : txns.find((t) => t.finals.get(key) === seen);
    if (seen !== null && (from === undefined || from === txn)) return false;
    txn.reads.push({ key, value: seen, from: from?.id ?? -1, at });
  }
  return true;
};

const permutations = function* (items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield [];
  for (const item of items)
    for (const rest of permutations(items.filter((i) => i !== item))) yield [item, ...rest];
};

/** Pairs of a session's order, among transactions given in the order of the history. */
export const sessionPairs = (txns: readonly Txn[]): (readonly [number, number])[] =>
  txns.flatMap((a) =>
    txns.filter((b) => b.id > a.id && b.process === a.process).map((b) => [a.id, b.id] as const),
  );

/** True if the lists read are prefixes of what the order would produce. */
const listsFit = (txns: readonly Txn[], order: readonly number[]): boolean => {
  const full = new Map<unknown, unknown[]>();
  for (const id of order)
    for (const [f, key, value] of txns[id]?.mops ?? [])
      if (f === 'append') full.set(key, [...(full.get(key) ?? []), value]);
  return txns.every(
    (txn) =>
      txn.completed === Number.POSITIVE_INFINITY ||
      txn.mops.every(([f, key, value]) => {
        if (f !== 'r' || !Array.isArray(value)) return true;
        return value.every((v, i) => full.get(key)?.[i] === v);
      }),
  );
};

const closure = (count: number, pairs: readonly (readonly [number, number])[]): boolean[][] => {
  const reach = Array.from({ length: count }, () => new Array<boolean>(count).fill(false));
  for (const [a, b] of pairs) (reach[a] as boolean[])[b] = true;
  for (let k = 0; k < count; k++)
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++)
        if (reach[i]?.[k] && reach[k]?.[j]) (reach[i] as boolean[])[j] = true;
  return reach;
};

/** Whether some order of commits satisfies the axiom of the level (Biswas and Enea, OOPSLA 2019). */
export const judgeWeak = (
  ops: readonly Op[],
  level: 'read-committed' | 'read-atomic' | 'causal',
): boolean => {
  const txns = committed(ops);
  if (txns === undefined) return false;
  const sessions = sessionPairs(txns);
  const seen = txns.flatMap((t) =>
    t.reads.filter((r) => r.from >= 0).map((r) => [r.from, t.id] as const),
  );
  const happened = closure(txns.length, [...sessions, ...seen]);
  const before = (t2: number, t3: Txn, read: Read): boolean => {
    if (level === 'read-committed') return t3.reads.some((r) => r.from === t2 && r.at < read.at);
    if (level === 'causal') return happened[t2]?.[t3.id] === true;
    return [...sessions, ...seen].some(([a, b]) => a === t2 && b === t3.id);
  };
  for (const order of permutations(txns.map((t) => t.id))) {
    const place = new Map(order.map((id, i) => [id, i]));
    const at = (id: number): number => (id < 0 ? -1 : (place.get(id) as number));
    if (![...sessions, ...seen].every(([a, b]) => at(a) < at(b)) || !listsFit(txns, order))
      continue;
    const fits = txns.every((t3) =>
      t3.reads.every((read) =>
        txns.every(
          (t2) =>
            t2.id === read.from ||
            t2 === t3 ||
            !t2.finals.has(read.key) ||
            !before(t2.id, t3, read) ||
            at(t2.id) < at(read.from),
        ),
      ),
    );
    if (fits) return true;
  }
  return false;
};

/** What a level by its name asks of the judge. */
export const serialOptions = (
  level: string,
): { snapshot: boolean; order: 'none' | 'process' | 'realtime' } => ({
  snapshot: level.includes('snapshot'),
  order: /^strict|^strong-snap/.test(level)
    ? 'realtime'
    : level.startsWith('strong')
      ? 'process'
      : 'none',
});

const realtimePairs = (txns: readonly Txn[]): (readonly [number, number])[] =>
  txns.flatMap((a) =>
    txns.filter((b) => a.completed < b.invoked).map((b) => [a.id, b.id] as const),
  );

type State = ReadonlyMap<unknown, { value: unknown; at: number }>;

const fits = (txn: Txn, state: State): boolean =>
  txn.reads.every((read) => (state.get(read.key)?.value ?? null) === read.value);

/** Interleaves begins and commits in every way that the pairs allow; a serial order has both at once. */
const interleave = (
  txns: readonly Txn[],
  pairs: readonly (readonly [number, number])[],
  snapshot: boolean,
): boolean => {
  const begun = new Map<number, number>();
  const done = new Set<number>();
  const mayBegin = (txn: Txn): boolean =>
    !begun.has(txn.id) && pairs.every(([a, b]) => b !== txn.id || done.has(a));
  const mayCommit = (txn: Txn, state: State): boolean =>
    [...txn.finals.keys()].every(
      (key) => (state.get(key)?.at ?? -1) < (begun.get(txn.id) as number),
    );
  const walk = (state: State, clock: number): boolean => {
    if (done.size === txns.length) return true;
    for (const txn of txns) {
      const active = begun.has(txn.id) && !done.has(txn.id);
      if (!active && mayBegin(txn) && fits(txn, state)) {
        begun.set(txn.id, clock);
        if (snapshot ? walk(state, clock + 1) : commit(txn, state, clock + 1)) return true;
        begun.delete(txn.id);
      } else if (active && mayCommit(txn, state) && commit(txn, state, clock)) return true;
    }
    return false;
  };
  const commit = (txn: Txn, state: State, clock: number): boolean => {
    done.add(txn.id);
    const next = new Map(state);
    for (const [key, value] of txn.finals) next.set(key, { value, at: clock });
    if (walk(next, clock + 1)) return true;
    done.delete(txn.id);
    return false;
  };
  return walk(new Map(), 0);
};

/** Whether begins and commits can be interleaved, or transactions put in a line, so that every read is explained. */
export const judgeSerial = (
  ops: readonly Op[],
  options: { snapshot: boolean; order: 'none' | 'process' | 'realtime' },
): boolean => {
  const txns = committed(ops);
  if (txns === undefined) return false;
  if (
    txns.some((t) =>
      t.reads.some((r) => t.reads.some((s) => s.key === r.key && s.value !== r.value)),
    )
  )
    return false;
  const pairs =
    options.order === 'none'
      ? []
      : options.order === 'process'
        ? sessionPairs(txns)
        : [...sessionPairs(txns), ...realtimePairs(txns)];
  return interleave(txns, pairs, options.snapshot);
};
