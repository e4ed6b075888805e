// The pool and its views, against a plain model.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunProcess, Thread, Threads } from '../../src/generator/generator.ts';
import { ThreadPool } from '../../src/generator/threads.ts';

/** Free threads of a pool in the order in which they became free, kept the slow way. */
type Model = { readonly free: Thread[]; readonly processes: Map<Thread, RunProcess> };

const check = (view: Threads, members: readonly Thread[], { free, processes }: Model): void => {
  const mine = free.filter((thread) => members.includes(thread));
  expect(view.all()).toEqual(members);
  expect(view.count).toBe(members.length);
  expect(view.freeCount).toBe(mine.length);
  expect(view.free()).toEqual(mine);
  expect(view.someFree()).toBe(mine[0] === undefined ? undefined : processes.get(mine[0]));
  for (const [thread, process] of processes) {
    expect(view.has(thread)).toBe(members.includes(thread));
    expect(view.isFree(thread)).toBe(mine.includes(thread));
    expect(view.processOf(thread)).toBe(process);
    expect(view.threadOf(process)).toBe(thread);
  }
};

test('views agree with the model whatever happens', () => {
  const acts = fc.array(fc.tuple(fc.nat(80), fc.boolean()), { maxLength: 60 });
  const views = fc.array(fc.nat(80), { maxLength: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 70 }), acts, views, (clients, steps, chosen) => {
      const pool = new ThreadPool(clients);
      const threads: Thread[] = [...Array(clients).keys(), 'nemesis'];
      const model: Model = {
        free: [...threads],
        processes: new Map(threads.map((thread) => [thread, thread])),
      };
      const members = threads.filter((_, slot) => chosen.includes(slot));
      const view = pool.threads.narrow({ accepts: (thread) => members.includes(thread) });
      for (const [n, crashes] of steps) {
        const slot = n % (clients + 1);
        const thread = threads[slot] as Thread;
        if (pool.isFree(slot)) {
          pool.setBusy(slot);
          model.free.splice(model.free.indexOf(thread), 1);
        } else {
          pool.setFree(slot);
          model.free.push(thread);
          const process = model.processes.get(thread);
          if (crashes && typeof process === 'number') {
            pool.retire(slot);
            model.processes.set(thread, process + clients);
            expect(view.threadOf(process)).toBeUndefined();
          }
        }
      }
      check(pool.threads, threads, model);
      check(view, members, model);
      for (const thread of members) check(view.only(thread), [thread], model);
    }),
    { numRuns: 200 },
  );
});

test('several nemesis threads come last, under names of their own; a number beyond the clients is nobody', () => {
  const pool = new ThreadPool(2, 3);
  const { threads } = pool;
  expect(threads.all()).toEqual([0, 1, 'nemesis', 'nemesis-2', 'nemesis-3']);
  expect([threads.count, threads.clientCount, threads.positionOf('nemesis-2')]).toEqual([5, 2, 3]);
  pool.setBusy(pool.slotOf('nemesis-2'));
  expect(threads.isFree('nemesis-2')).toBe(false);
  expect(threads.isFree('nemesis')).toBe(true);
  expect(threads.threadOf('nemesis-3')).toBe('nemesis-3');
  expect(threads.threadOf('nemesis-4')).toBeUndefined();
  expect([threads.has(1), threads.has(2), threads.has('nemesis-4')]).toEqual([true, false, false]);
  expect(() => threads.only(2)).toThrow('there is no thread 2');
});

test('the same filter gives the same view, and a filter sees positions in its scope', () => {
  const { threads } = new ThreadPool(6);
  const late = { accepts: (_: Thread, position: number) => position >= 3 };
  const view = threads.narrow(late);
  expect(threads.narrow(late)).toBe(view);
  expect(view.all()).toEqual([3, 4, 5, 'nemesis']);
  expect(view.narrow(late).all()).toEqual(['nemesis']);
  expect(view.positionOf('nemesis')).toBe(3);
  expect(() => view.positionOf(0)).toThrow('thread 0 is not in scope');
  expect(() => view.only(1)).toThrow('thread 1 is not in scope');
  expect(view.has(99)).toBe(false);
});
