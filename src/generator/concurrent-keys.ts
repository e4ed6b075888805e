// Independent keys, several at a time: groups of threads, each working on a key of its own.
import { usageError } from '../base/errors.ts';
import { fork } from '../base/random.ts';
import type { Op } from '../history/op.ts';
import { wholeCount } from './duration.ts';
import { done, finished } from './finished.ts';
import type { Context, Gen, GenLike, Step, Thread, Threads } from './generator.ts';
import { callNamed } from './generator-error.ts';
import { type Key, keyed } from './keyed.ts';
import { type LazyList, lazyList } from './lazy-list.ts';
import { askParts } from './parts.ts';
import { Scope } from './scope.ts';
import { Slots } from './slots.ts';
import { isNemesis } from './threads.ts';

/** A key's generator, and how many keys came before it: the name of its random stream. */
type Task = { readonly gen: Gen; readonly position: number };
/** What each group works on (`nothingLeft` when no key was left for it), and the keys nobody has yet. */
type Work = { readonly tasks: Slots<Task>; readonly keys: LazyList<Task>; readonly over: number };

const nothingLeft: Task = { gen: finished, position: -1 };
/** So many keys in a row without an operation are taken for an endless loop. */
const emptyMax = 100_000;

/** Groups of `size` client threads. */
class Groups {
  readonly size: number;
  readonly #scopes: Scope[] = [];
  constructor(size: number) {
    this.size = size;
  }
  countOf(threads: Threads): number {
    const clients = threads.clientCount;
    if (clients >= this.size && clients % this.size === 0) return clients / this.size;
    throw usageError(
      `${this.size} threads a key do not divide ${clients} client threads`,
      `Make the concurrency a multiple of ${this.size}.`,
    );
  }
  groupOf(thread: Thread, threads: Threads): number {
    return isNemesis(thread) ? -1 : Math.floor(threads.positionOf(thread) / this.size);
  }
  scopeOf(group: number, threads: Threads): Threads {
    const { size } = this;
    this.#scopes[group] ??= new Scope(
      (thread, position) => !isNemesis(thread) && Math.floor(position / size) === group,
    );
    return this.#scopes[group].of(threads);
  }
}

class ConcurrentKeys implements Gen {
  readonly groups: Groups;
  readonly work: Work;
  constructor(groups: Groups, work: Work) {
    this.groups = groups;
    this.work = work;
  }

  op(context: Context): Step {
    const { threads } = context;
    const { groups } = this;
    const groupCount = groups.countOf(threads);
    const desk = new Desk(groups, this.work, context);
    const partOf = (thread: Thread): number => groups.groupOf(thread, threads);
    const { winner, soonest } = askParts(context, { partOf, ask: (group) => desk.ask(group) });
    if (winner !== undefined) {
      desk.put(winner.child, winner.step.next);
      return { kind: 'op', op: winner.step.op, next: new ConcurrentKeys(groups, desk.work) };
    }
    if (desk.work.over === groupCount) return done;
    return soonest.pending(desk.work === this.work ? this : new ConcurrentKeys(groups, desk.work));
  }

  update(context: Context, event: Op): Gen {
    const { threads } = context;
    const thread = threads.threadOf(event.process);
    if (thread === undefined || !threads.has(thread)) return this;
    const group = this.groups.groupOf(thread, threads);
    const task = this.work.tasks.get(group);
    if (task === undefined) return this;
    const gen = task.gen.update(
      { ...context, threads: this.groups.scopeOf(group, threads) },
      event,
    );
    if (gen === task.gen) return this;
    const tasks = this.work.tasks.set(group, { gen, position: task.position });
    return new ConcurrentKeys(this.groups, { ...this.work, tasks });
  }
}

/** The work as it becomes during one ask. */
class Desk {
  work: Work;
  readonly #groups: Groups;
  readonly #context: Context;
  constructor(groups: Groups, work: Work, context: Context) {
    this.#groups = groups;
    this.work = work;
    this.#context = context;
  }

  /** Asks the group's generator; when that is exhausted, takes the next key. */
  ask(group: number): Step {
    const { time, rng, threads } = this.#context;
    const scope = this.#groups.scopeOf(group, threads);
    for (let skipped = 0; skipped < emptyMax; skipped++) {
      const task = this.work.tasks.get(group) ?? this.#take(group);
      if (task === nothingLeft) return done;
      const step = task.gen.op({ time, threads: scope, rng: fork(rng, task.position) });
      if (step.kind === 'pending') this.put(group, step.next);
      if (step.kind !== 'done') return step;
      this.#take(group);
    }
    throw new Error(`${emptyMax} keys in a row had nothing to do`);
  }

  put(group: number, gen: Gen): void {
    const { tasks } = this.work;
    const task = tasks.get(group) as Task;
    if (task.gen === gen) return;
    this.work = { ...this.work, tasks: tasks.set(group, { gen, position: task.position }) };
  }

  #take(group: number): Task {
    const { tasks, keys, over } = this.work;
    const cell = callNamed('the keys or their function', this.#context, () => keys.cell());
    const task = cell?.value ?? nothingLeft;
    this.work = {
      tasks: tasks.set(group, task),
      keys: cell?.rest ?? keys,
      over: cell === undefined ? over + 1 : over,
    };
    return task;
  }
}

/**
 * Groups of `threadsPerKey` client threads, each group on a key of its own with the generator `fn(key)`; when that is
 * exhausted the group takes the next key. `keys` may be endless. The number of client threads in scope must be a
 * multiple of `threadsPerKey` (a usage error otherwise).
 */
export const concurrentKeys = <K extends Key>(
  threadsPerKey: number,
  keys: Iterable<K>,
  fn: (key: K) => GenLike,
): Gen => {
  let position = 0;
  const tasks = lazyList(keys, (key) => ({ gen: keyed(key, fn(key)), position: position++ }));
  const groups = new Groups(wholeCount('concurrentKeys', threadsPerKey, 1));
  return new ConcurrentKeys(groups, { tasks: new Slots(), keys: tasks, over: 0 });
};
