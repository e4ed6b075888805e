// Laws that hold for every composition of combinators.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Emitted, Step } from '../../src/generator/generator.ts';
import type { OpType } from '../../src/history/op.ts';
import { anyRecipe, isRefusal, type Recipe } from './arbitrary.ts';
import { Bench } from './pool.ts';

/** What the world does between asks. */
type Act =
  | { readonly do: 'begin' }
  | { readonly do: 'complete'; readonly which: number; readonly type: OpType }
  | { readonly do: 'wait'; readonly seconds: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Act>({ do: 'begin' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('complete' as const),
      which: fc.nat(5),
      type: fc.constantFrom<OpType>('ok', 'ok', 'fail', 'info'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(0.1, 1, 2) }),
  },
);
const plays = fc.record({
  recipe: anyRecipe,
  acts: fc.array(act, { minLength: 5, maxLength: 60, size: 'max' }),
});
type Play = { readonly recipe: Recipe; readonly acts: readonly Act[] };

const seen = (step: Step): unknown =>
  step.kind === 'op' ? step.op : step.kind === 'pending' ? step.wake : 'done';

const carryOut = (bench: Bench, act: Act): Emitted | undefined => {
  if (act.do === 'begin') return bench.begin();
  if (act.do === 'wait') bench.now += act.seconds;
  else {
    const open = [...bench.open.keys()];
    const process = open[act.which % Math.max(1, open.length)];
    if (process !== undefined) bench.complete(process, act.type);
  }
  return undefined;
};

/** Plays acts, calling `look` before each. Returns what was emitted; undefined when the recipe refuses to work. */
const play = (
  { recipe, acts }: Play,
  look: (bench: Bench, act: Act) => void,
): readonly Emitted[] | undefined => {
  const emitted: Emitted[] = [];
  try {
    const bench = new Bench(recipe.make(), 4, 2);
    for (const each of acts) {
      look(bench, each);
      const op = carryOut(bench, each);
      if (op !== undefined) emitted.push(op);
    }
    return emitted;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return undefined;
  }
};

const isSameRun = (a: ReturnType<typeof play>, b: ReturnType<typeof play>): void => {
  if (a !== undefined && b !== undefined) expect(a).toEqual(b);
};

const holds = (law: (play: Play) => void): void =>
  fc.assert(fc.property(plays, law), {
    numRuns: 600,
    reporter: (details) => {
      if (!details.failed) return;
      const [failing] = details.counterexample as [Play];
      const acts = failing.acts.map((a) => JSON.stringify(a)).join(' ');
      const cause = details.errorInstance as Error;
      throw new Error(`${failing.recipe.text}\n${acts}\nseed ${details.seed}\n${cause.message}`, {
        cause,
      });
    },
  });

test('asking is repeatable', () => {
  holds((each) => {
    play(each, (bench) => {
      const first = bench.ask();
      expect(seen(bench.ask())).toEqual(seen(first));
    });
  });
});

test('asking changes nothing: a run in which nobody looks is the same run', () => {
  holds((each) => {
    // What a cache answers depends, by design, on who looked before; that it is right then is tested by itself.
    fc.pre(!each.recipe.text.includes('cache'));
    const looked = play(each, (bench) => {
      for (let i = 0; i < 3; i++) bench.ask();
      bench.now += 0.05;
      bench.ask();
      bench.now -= 0.05;
    });
    isSameRun(
      looked,
      play(each, () => undefined),
    );
  });
});

test('waiting costs no draw: being told to wait ten times or once is the same', () => {
  holds((each) => {
    const waited = play(each, (bench, { do: what }) => {
      for (let i = 0; what === 'begin' && i < 10; i++) {
        const step = bench.ask();
        if (step.kind === 'pending') bench.gen = step.next;
      }
    });
    isSameRun(
      waited,
      play(each, () => undefined),
    );
  });
});

test('the laws are tried on runs in which much happens', () => {
  let emitted = 0;
  let refused = 0;
  fc.assert(
    fc.property(plays, (each) => {
      const run = play(each, () => undefined);
      if (run === undefined) refused++;
      else emitted += run.length;
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(emitted).toBeGreaterThan(1500);
  expect(refused).toBeLessThan(150);
});

test('done is final', () => {
  holds((each) => {
    // Of operations that depend on the time a filter may refuse all at one time and not at another: see its own test.
    fc.pre(!each.recipe.text.includes('filter'));
    let wasDone = false;
    play(each, (bench) => {
      const isDone = bench.ask().kind === 'done';
      expect(isDone || !wasDone).toBe(true);
      wasDone = isDone;
    });
  });
});

test('nothing for a busy or retired process, nothing before its time, no wake in the past', () => {
  holds((each) => {
    play(each, (bench) => {
      const step = bench.ask();
      const { time, threads } = bench.context;
      if (step.kind === 'pending' && step.wake !== undefined)
        expect(step.wake).toBeGreaterThan(time);
      if (step.kind !== 'op') return;
      expect(step.op.time).toBeGreaterThanOrEqual(time);
      expect(Number.isSafeInteger(step.op.time)).toBe(true);
      expect(threads.isFree(threads.threadOf(step.op.process) ?? -1)).toBe(true);
    });
  });
});
