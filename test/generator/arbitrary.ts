// Random generators for the laws: every combinator, nested at random. Described as data, so that a failure can be read.
import fc from 'fast-check';
import type { Gen, GenLike } from '../../src/generator/generator.ts';
import * as g from '../../src/generator/index.ts';
import { lift } from '../../src/generator/lift.ts';

/** `make` builds a fresh generator each time; `text` is what a failure prints. */
export type Recipe = { readonly text: string; readonly make: () => Gen };

const recipe = (text: string, make: () => GenLike): Recipe => ({ text, make: () => lift(make()) });

const leaf: fc.Arbitrary<Recipe> = fc.oneof(
  fc.constantFrom('r', 'w').map((f) => recipe(f, () => ({ f }))),
  {
    weight: 4,
    arbitrary: fc.constantFrom('r', 'w').map((f) => recipe(`repeat(${f})`, () => g.repeat({ f }))),
  },
  fc.nat(3).map((process) => recipe(`p${process}`, () => ({ f: 'mine', process }))),
  fc
    .integer({ min: 0, max: 5 })
    .map((s) => recipe(`at${s}`, () => ({ f: 'later', time: s * 1e9 }))),
  {
    weight: 4,
    arbitrary: fc.constant(
      recipe('drawing', () => ({ random }) => ({ f: 'd', value: random.int(1000) })),
    ),
  },
  fc.constant(recipe('blind', () => g.limit(5, () => ({ f: 'blind' })))),
  fc.constant(
    recipe('pulled', () =>
      g.fromIterable(function* () {
        for (let value = 0; value < 6; value++) yield { f: 'i', value };
      }),
    ),
  ),
  fc.constant(recipe('sleep', () => g.sleep(1))),
  fc.constant(recipe('log', () => g.log('x'))),
  fc.constant(recipe('null', () => null)),
);

type Wrap = readonly [name: string, wrap: (gen: Gen) => GenLike];
const wraps: readonly Wrap[] = [
  ['once', g.once],
  ['limit3', (x) => g.limit(3, x)],
  ['repeat', g.repeat],
  ['repeat4', (x) => g.repeat(4, x)],
  ['cycle3', (x) => g.cycle(3, x)],
  ['processLimit2', (x) => g.processLimit(2, x)],
  ['timeLimit3', (x) => g.timeLimit(3, x)],
  ['delay', (x) => g.delay(0.5, x)],
  ['stagger', (x) => g.stagger(0.5, x)],
  ['synchronize', g.synchronize],
  ['clients', (x) => g.clients(x)],
  ['eachThread', g.eachThread],
  ['filter', (x) => g.filter((op) => op.f !== 'w', g.limit(20, x))],
  ['map', (x) => g.map(({ value }) => ({ value: [value] }), x)],
  ['untilOk', g.untilOk],
  ['keyed', (x) => g.keyed('k', x)],
  ['function', (x) => g.limit(20, () => x)],
  ['keys', (x) => g.sequentialKeys([1, 2], () => x)],
  ['barrier', g.barrier],
  ['eachProcess', g.eachProcess],
  ['onUpdate', (x) => g.onUpdate((gen, { type }) => (type === 'fail' ? null : gen), x)],
  ['validate', g.validate],
  ['friendly', (x) => g.friendlyExceptions(x)],
  ['trace', (x) => g.trace('t', x, () => undefined)],
  ['concurrencyLimit', (x) => g.concurrencyLimit(2, x)],
  ['cache', (x) => g.cache(10, x)],
  ['ramp', (x) => g.ramp({ from: 0, to: 4, seconds: 2 }, x)],
  ['burst', (x) => g.burst({ rate: 1, peak: 5, seconds: 1, every: 3 }, x)],
  ['exponential', (x) => g.exponentialKeys({ count: 2 }, [1, 2, 3, 4], () => x)],
  ['zipf', (x) => g.zipfKeys({ count: 3 }, [1, 2, 3, 4], () => x)],
  ['fMap', (x) => g.fMap({ r: 'x' }, x)],
  ['nemesis', (x) => g.nemesis(x)],
  ['concurrent', (x) => g.concurrentKeys(1, [1, 2, 3, 4, 5], () => x)],
  ['halves', (x) => g.concurrentKeys(2, [1, 2, 3], () => x)],
];

type Join = readonly [name: string, join: (gens: readonly Gen[]) => GenLike];
const joins: readonly Join[] = [
  ['concat', (xs) => g.concat(...xs)],
  ['array', (xs) => [...xs]],
  ['phases', (xs) => g.phases(...xs)],
  ['mix', (xs) => g.mix(xs)],
  ['any', (xs) => g.any(...xs)],
  ['weighted', (xs) => g.weighted(xs.map((x, i) => [i + 1, x]))],
  ['shortestAny', (xs) => g.shortestAny(...xs)],
  ['cycleTimes', (xs) => g.cycleTimes(xs.map((x, i) => [i + 1, x]))],
  ['andThen', (xs) => g.andThen(xs[0] ?? null, xs[1] ?? null)],
  ['flipFlop', (xs) => g.flipFlop(xs[0] ?? null, xs[1] ?? null)],
  ['reserve', (xs) => g.reserve([[1, xs[0] ?? null]], xs[1] ?? null)],
  ['first', (xs) => g.any(...xs.map((x, i) => g.onThreads([i], x)))],
];

/** In a scope of one thread some combinators rightly refuse to work; the laws are about those that do not. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  /do not divide|only \d+ in scope|is meant|nothing to do|refused \d+/.test(error.message);

export const anyRecipe: fc.Arbitrary<Recipe> = fc.letrec<{ gen: Recipe }>((tie) => ({
  gen: fc.oneof(
    { depthSize: 'small', withCrossShrink: true, maxDepth: 5 },
    leaf,
    fc
      .tuple(fc.constantFrom(...wraps), tie('gen'))
      .map(([[name, wrap], x]) => recipe(`${name}(${x.text})`, () => wrap(x.make()))),
    fc
      .tuple(fc.constantFrom(...joins), fc.array(tie('gen'), { minLength: 2, maxLength: 3 }))
      .map(([[name, join], xs]) =>
        recipe(`${name}(${xs.map((x) => x.text).join(', ')})`, () => join(xs.map((x) => x.make()))),
      ),
  ),
})).gen;
