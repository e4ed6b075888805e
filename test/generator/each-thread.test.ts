// What eachThread remembers of waiting copies changes nothing but the work: against one that remembers nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fork } from '../../src/base/random.ts';
import { finished } from '../../src/generator/finished.ts';
import type { Context, Event, Gen, GenLike, Step, Thread } from '../../src/generator/generator.ts';
import { any, clients, delay, eachThread, lift, limit, repeat } from '../../src/generator/index.ts';
import { Soonest } from '../../src/generator/soonest.ts';
import type { Op } from '../../src/history/op.ts';
import { imperfect, runVirtually } from '../../src/sim/virtual-time.ts';
import { anyRecipe, isRefusal } from './arbitrary.ts';

/** Asks every copy with a free thread, the longest free first, every time. */
const plainEachThread = (origin: Gen, copies: readonly (Gen | undefined)[] = []): Gen => {
  const contextOf = ({ time, rng, threads }: Context, part: number): Context => ({
    time,
    rng: fork(rng, part),
    threads: threads.only(threads.all()[part] as Thread),
  });
  const copyAt = (part: number): Gen => copies[part] ?? origin;
  const withCopy = (part: number, gen: Gen, of = copies): (Gen | undefined)[] => {
    const changed = [...of];
    changed[part] = gen;
    return changed;
  };
  return {
    op: (context): Step => {
      const { threads } = context;
      const soonest = new Soonest();
      let adopted = [...copies];
      for (const thread of threads.free()) {
        const part = threads.positionOf(thread);
        const step = copyAt(part).op(contextOf(context, part));
        soonest.add(step, part);
        if (step.kind === 'op' && step.op.time <= context.time) break;
        if (step.kind === 'pending') adopted = withCopy(part, step.next, adopted);
        if (step.kind === 'done') adopted = withCopy(part, finished, adopted);
      }
      const { winner } = soonest;
      if (winner !== undefined) {
        const next = plainEachThread(origin, withCopy(winner.child, winner.step.next, adopted));
        return { ...winner.step, next };
      }
      if (threads.all().every((_, part) => adopted[part] === finished)) return { kind: 'done' };
      return soonest.pending(plainEachThread(origin, adopted));
    },
    update: (context, event: Event): Gen => {
      const thread = context.threads.threadOf(event.process);
      if (thread === undefined || !context.threads.has(thread))
        return plainEachThread(origin, copies);
      const part = context.threads.positionOf(thread);
      const gen = copyAt(part).update(contextOf(context, part), event);
      return plainEachThread(origin, withCopy(part, gen));
    },
  };
};

const play = (generator: GenLike, seed: number): readonly Op[] =>
  runVirtually({
    generator: clients(generator),
    concurrency: 4,
    seed,
    model: imperfect,
    untilSeconds: 10,
    maxEntries: 200,
  });

test('the same history, whatever the generator', () => {
  let compared = 0;
  fc.assert(
    fc.property(anyRecipe, fc.nat(1000), (recipe, seed) => {
      // Their answers depend on when they are asked: being asked less often is what differs.
      fc.pre(!/cache|filter|processLimit/.test(recipe.text));
      let plain: readonly Op[];
      try {
        plain = play(plainEachThread(recipe.make()), seed);
      } catch (error) {
        if (!isRefusal((error as Error).cause ?? error)) throw error;
        return;
      }
      compared += plain.length;
      expect(play(eachThread(recipe.make()), seed), recipe.text).toEqual(plain);
    }),
    { numRuns: 400 },
  );
  expect(compared).toBeGreaterThan(2000);
});

test('a thousand copies that wait are not asked again for every event', () => {
  let asks = 0;
  const counting = (gen: Gen): Gen => ({
    op: (context) => {
      asks++;
      const step = gen.op(context);
      return step.kind === 'done' ? step : { ...step, next: counting(step.next) };
    },
    update: function (context, event) {
      const next = gen.update(context, event);
      return next === gen ? (this as Gen) : counting(next);
    },
  });
  const slow = counting(delay(10, repeat({ f: 's' })));
  const history = runVirtually({
    generator: clients(
      any(eachThread(lift(limit(2, slow))), delay(0.001, limit(5000, repeat({ f: 'q' })))),
    ),
    concurrency: 1000,
    seed: 1,
  });
  const slows = history.filter((op) => op.f === 's' && op.type === 'invoke');
  expect(slows).toHaveLength(2000);
  // A few times a copy; not once a copy and event, which would be fourteen million times.
  expect(asks).toBeLessThan(20_000);
});
