// A hand-driven run for generator tests: ask, dispatch, complete, at chosen times.
import { rngOf } from '../../src/base/random.ts';
import type {
  Context,
  Emitted,
  Event,
  Gen,
  GenLike,
  RunProcess,
  Step,
} from '../../src/generator/generator.ts';
import { lift } from '../../src/generator/lift.ts';
import { isNemesis, ThreadPool } from '../../src/generator/threads.ts';
import type { OpType } from '../../src/history/op.ts';

export class Bench {
  readonly pool: ThreadPool;
  readonly rng = rngOf(7);
  gen: Gen;
  /** Seconds. */
  now = 0;
  readonly open = new Map<RunProcess, Emitted>();

  constructor(gen: GenLike, clients = 3, nemeses = 1) {
    this.gen = lift(gen);
    this.pool = new ThreadPool(clients, nemeses);
  }

  get context(): Context {
    return { time: Math.round(this.now * 1e9), rng: this.rng, threads: this.pool.threads };
  }

  ask(): Step {
    return this.gen.op(this.context);
  }

  /** Takes the operation that is due now; undefined when there is none. */
  begin(): Emitted | undefined {
    const step = this.ask();
    if (step.kind === 'pending') this.gen = step.next;
    if (step.kind !== 'op' || step.op.time > this.context.time) return undefined;
    this.gen = step.next;
    if (step.op.kind !== 'invoke') return step.op;
    this.pool.setBusy(this.pool.slotOfProcess(step.op.process));
    this.open.set(step.op.process, step.op);
    this.tell(step.op, 'invoke');
    return step.op;
  }

  complete(process: RunProcess, type: OpType = 'ok'): void {
    const op = this.open.get(process);
    if (op === undefined) throw new Error(`process ${process} does nothing`);
    this.open.delete(process);
    const slot = this.pool.slotOfProcess(process);
    this.pool.setFree(slot);
    this.tell(op, isNemesis(process) ? 'info' : type);
    if (type === 'info' && !isNemesis(process)) this.pool.retire(slot);
  }

  tell(op: Emitted, type: OpType): void {
    const { f, value, process, key } = op;
    const event: Event = { index: 0, time: this.context.time, process, type, f, value };
    this.gen = this.gen.update(this.context, key === undefined ? event : { ...event, key });
  }

  /** Begins operations and completes each at once, up to `max`; their f or value. */
  play(max = 100): string[] {
    const seen: string[] = [];
    for (let i = 0; i < max; i++) {
      const op = this.begin();
      if (op === undefined) break;
      seen.push(`${op.f}${op.value === null ? '' : `:${String(op.value)}`}`);
      if (op.kind === 'invoke') this.complete(op.process);
    }
    return seen;
  }

  /** Begins operations without completing any. */
  fill(max = 100): Emitted[] {
    const begun: Emitted[] = [];
    for (let i = 0; i < max; i++) {
      const op = this.begin();
      if (op === undefined) break;
      begun.push(op);
    }
    return begun;
  }
}
