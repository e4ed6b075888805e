// Plays a register workload in virtual time against registers in memory, right ones and stale ones.
import { fork, Random, type Rng } from '../../src/base/random.ts';
import type { Emitted, GenLike, Thread } from '../../src/generator/generator.ts';
import { lift } from '../../src/generator/lift.ts';
import { ThreadPool } from '../../src/generator/threads.ts';
import type { Op } from '../../src/history/op.ts';

export type Registers = {
  /** Whether reads through this node (from 0, of five) see the value of a while ago. */
  readonly staleReads: (node: number) => boolean;
  /** How an operation ends; `info` takes effect or does not, by chance. */
  readonly outcome: (op: Emitted, random: Random) => 'ok' | 'fail' | 'info';
};

export type Play = {
  readonly gen: GenLike;
  readonly threads: number;
  readonly rng: Rng;
  /** Stops after so many invocations. */
  readonly operations: number;
  readonly registers: Registers;
};

const nodes = 5;
/** How many changes a stale node is behind. */
const behind = 4;
const meanLatencyNs = 5_000_000;

type Pending = { readonly at: number; readonly op: Emitted; readonly slot: number };

export const play = (options: Play): readonly Op[] => {
  const pool = new ThreadPool(options.threads);
  const random = new Random(fork(options.rng, 'play'));
  const history: Op[] = [];
  const values = new Map<unknown, (number | null)[]>();
  const pending: Pending[] = [];
  let gen = lift(options.gen);
  let time = 0;
  let invoked = 0;

  const contextNow = () => ({ time, rng: options.rng, threads: pool.threads });
  const record = (op: Emitted, rest: Pick<Op, 'type' | 'value'>): void => {
    const { f, key } = op;
    const process = typeof op.process === 'number' ? op.process : ('nemesis' as const);
    const event = {
      index: history.length,
      time,
      process,
      f,
      ...(key === undefined ? {} : { key }),
    };
    history.push({ ...event, ...rest });
    gen = gen.update(contextNow(), history.at(-1) as Op);
  };
  const settle = ({ op, slot }: Pending): void => {
    const type = options.registers.outcome(op, random);
    const happens = type === 'ok' || (type === 'info' && random.int(2) === 0);
    const past = values.get(op.key) ?? [null];
    values.set(op.key, past);
    const done = happens ? apply(op, past, options.registers) : { value: op.value, done: true };
    const ended = type === 'ok' && !done.done ? 'fail' : type;
    if (ended === 'info') pool.retire(slot);
    pool.setFree(slot);
    record(op, { type: ended, value: done.value });
  };

  while (invoked < options.operations || pending.length > 0) {
    const step = invoked < options.operations ? gen.op(contextNow()) : { kind: 'done' as const };
    if (step.kind === 'op' && step.op.time <= time) {
      const slot = pool.slotOf(pool.threads.threadOf(step.op.process) as Thread);
      gen = step.next;
      pool.setBusy(slot);
      pending.push({ at: time + random.exponential(meanLatencyNs), op: step.op, slot });
      record(step.op, { type: 'invoke', value: step.op.value });
      invoked++;
    } else {
      if (step.kind === 'pending') gen = step.next;
      pending.sort((a, b) => a.at - b.at);
      const next = pending.shift();
      if (next === undefined) break;
      time = Math.ceil(next.at);
      settle(next);
    }
    time += 1_000;
  }
  return history;
};

/** Takes effect at its end; `past` are the values the register had, the newest last. */
const apply = (op: Emitted, past: (number | null)[], { staleReads }: Registers) => {
  const now = past.at(-1) ?? null;
  if (op.f === 'read') {
    const stale = staleReads(Number(op.process) % nodes);
    return { value: stale ? (past.at(-1 - behind) ?? null) : now, done: true };
  }
  const [from, to] = op.f === 'cas' ? (op.value as [number, number]) : [now, op.value as number];
  if (from === now) past.push(to);
  return { value: op.value, done: from === now };
};
