// Plays a transactional workload in virtual time against a database in memory, a right one or one with a planted bug.
import { fork, Random, type Rng } from '../../src/base/random.ts';
import { clients } from '../../src/generator/clients.ts';
import type { Emitted, GenLike, Thread } from '../../src/generator/generator.ts';
import { ThreadPool } from '../../src/generator/threads.ts';
import type { Micro } from '../../src/generator/transactions.ts';
import type { Op, OpType } from '../../src/history/op.ts';

/**
 * `strict`: one after another, at some moment between invocation and completion. `stale`: a quarter of the read-only
 * ones see an old state. `snapshot`: each sees the state at its invocation, and fails when what it writes has changed
 * since. `dirty`: half of those that fail leave their writes behind. `fractured`: another's writes may be seen in part.
 */
export type Database = 'strict' | 'stale' | 'snapshot' | 'dirty' | 'fractured';

export type TransactionPlay = {
  readonly gen: GenLike;
  readonly database: Database;
  readonly threads: number;
  readonly rng: Rng;
  /** Stops after so many invocations. */
  readonly operations: number;
  /** Of a hundred operations so many fail, and as many are of unknown outcome. */
  readonly troubles: number;
};

type Value = number | readonly number[];
type State = ReadonlyMap<number, Value>;
type Pending = {
  readonly at: number;
  readonly op: Emitted;
  readonly slot: number;
  readonly seen: number;
};

const meanLatencyNs = 5_000_000;
const behind = 12;

const written = (before: Value | undefined, [f, , value]: Micro): Value =>
  f === 'append' ? [...((before ?? []) as readonly number[]), value as number] : (value as number);

/** The steps carried out: reads filled in from `read`, or from the transaction's own writes. */
const carryOut = (txn: readonly Micro[], read: (key: number) => Value | undefined) => {
  const writes = new Map<number, Value>();
  const result = txn.map((step) => {
    const [f, key] = step;
    const now = writes.get(key) ?? read(key);
    if (f === 'r') return ['r', key, now ?? null];
    writes.set(key, written(now, step));
    return step;
  });
  return { result, writes };
};

export const playTransactions = (options: TransactionPlay): readonly Op[] => {
  const { database, threads, operations, troubles } = options;
  const pool = new ThreadPool(threads);
  const random = new Random(fork(options.rng, 'play'));
  const history: Op[] = [];
  const states: State[] = [new Map()];
  const pending: Pending[] = [];
  let gen = clients(options.gen);
  let time = 0;
  const contextNow = () => ({ time, rng: options.rng, threads: pool.threads });
  const record = (op: Emitted, type: OpType, value: unknown): void => {
    const { f } = op;
    const process = Number(op.process);
    history.push({ index: history.length, time, process, f, type, value });
    gen = gen.update(contextNow(), history.at(-1) as Op);
  };
  const commit = (writes: ReadonlyMap<number, Value>): void => {
    if (writes.size > 0) states.push(new Map([...(states.at(-1) ?? []), ...writes]));
  };
  const viewOf = (txn: readonly Micro[], seen: number): ((key: number) => Value | undefined) => {
    const last = states.length - 1;
    const old = states[Math.max(0, last - behind)];
    const readOnly = txn.every(([f]) => f === 'r');
    if (database === 'stale' && readOnly && random.int(4) === 0) return (key) => old?.get(key);
    if (database === 'snapshot') return (key) => states[seen]?.get(key);
    if (database === 'fractured' && random.int(4) === 0)
      return (key) => states[key % 2 === 0 ? last : Math.max(0, last - 1)]?.get(key);
    return (key) => states[last]?.get(key);
  };
  const settle = ({ op, slot, seen }: Pending): void => {
    const txn = op.value as readonly Micro[];
    const { result, writes } = carryOut(txn, viewOf(txn, seen));
    const changed = [...writes.keys()].some(
      (key) => states[seen]?.get(key) !== states.at(-1)?.get(key),
    );
    const lot = random.int(100);
    const drawn = lot < troubles ? 'fail' : lot < 2 * troubles ? 'info' : 'ok';
    const type = database === 'snapshot' && changed && drawn === 'ok' ? 'fail' : drawn;
    const lucky = random.int(2) === 0;
    if (type === 'ok' || (lucky && type === 'info' && !(database === 'snapshot' && changed)))
      commit(writes);
    if (database === 'dirty' && type === 'fail' && lucky) commit(writes);
    if (type === 'info') pool.retire(slot);
    pool.setFree(slot);
    record(op, type, type === 'ok' ? result : op.value);
  };
  for (let invoked = 0; invoked < operations || pending.length > 0; time += 1_000) {
    const step = invoked < operations ? gen.op(contextNow()) : { kind: 'done' as const };
    if (step.kind === 'op' && step.op.time <= time) {
      const slot = pool.slotOf(pool.threads.threadOf(step.op.process) as Thread);
      gen = step.next;
      pool.setBusy(slot);
      const at = time + random.exponential(meanLatencyNs);
      pending.push({ at, op: step.op, slot, seen: states.length - 1 });
      record(step.op, 'invoke', step.op.value);
      invoked++;
      continue;
    }
    if (step.kind === 'pending') gen = step.next;
    pending.sort((a, b) => a.at - b.at);
    const next = pending.shift();
    if (next === undefined) break;
    time = Math.max(time, Math.ceil(next.at));
    settle(next);
  }
  return history;
};
