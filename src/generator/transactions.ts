// Random transactions over a changing pool of keys: what list-append and rw-register workloads invoke.
import { fork, Random } from '../base/random.ts';
import type { Context, Gen, Step } from './generator.ts';
import { Spec } from './spec.ts';

/** How often the keys of the pool are chosen: each twice as often as the one before, by 1/rank, or all alike. */
export const keyDistributions = ['exponential', 'zipf', 'uniform'] as const;
export type KeyDistribution = (typeof keyDistributions)[number];

/** One step of a transaction: read (the result is null until it is known), or a write of a value unique to its key. */
export type Micro = readonly [f: string, key: number, value: number | null];

export type TransactionOptions = {
  /** What a write is called: `append` to a list, or `w`, the default. */
  readonly write?: 'append' | 'w';
  /** Keys in use at a time; 10 unless told, 3 with the uniform distribution. */
  readonly keyCount?: number;
  /** `exponential` unless told. */
  readonly keyDist?: KeyDistribution;
  /** With the exponential distribution: how much oftener each key is chosen than the one before; above 1, 2 unless told. */
  readonly keyDistBase?: number;
  /** Steps in the shortest and the longest transaction, uniformly drawn; 1 and 4 unless told. */
  readonly minTxnLength?: number;
  readonly maxTxnLength?: number;
  /** A key is replaced by a new one after so many writes at most, most keys after few; 256 unless told. */
  readonly maxWritesPerKey?: number;
};

type Settings = Required<TransactionOptions>;

const settingsOf = (options: TransactionOptions): Settings => {
  const keyDist = options.keyDist ?? 'exponential';
  const settings = {
    write: 'w' as const,
    keyCount: keyDist === 'uniform' ? 3 : 10,
    keyDistBase: 2,
    minTxnLength: 1,
    maxTxnLength: 4,
    maxWritesPerKey: 256,
    ...options,
    keyDist,
  };
  const { keyCount, minTxnLength, maxTxnLength, maxWritesPerKey, keyDistBase } = settings;
  for (const count of [keyCount, minTxnLength, maxTxnLength, maxWritesPerKey])
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`not a whole number above 0: ${count}`);
  if (minTxnLength > maxTxnLength)
    throw new RangeError(`transactions of ${minTxnLength} to ${maxTxnLength} steps cannot be made`);
  if (!(keyDistBase > 1)) throw new RangeError(`the base must be above 1, not ${keyDistBase}`);
  return settings;
};

/** A key in use: the value that it is written next, counted from 1, and the last one it gets. */
type Key = { readonly name: number; readonly next: number; readonly last: number };

/** Positions at which the share of the keys up to each ends, the whole being the last entry. */
const sharesOf = ({ keyCount, keyDist, keyDistBase }: Settings): readonly number[] => {
  const weightOf = {
    exponential: (i: number) => keyDistBase ** i,
    zipf: (i: number) => 1 / (i + 1),
    uniform: () => 1,
  }[keyDist];
  let sum = 0;
  return Array.from({ length: keyCount }, (_, i) => (sum += weightOf(i)));
};

type Recipe = { readonly settings: Settings; readonly shares: readonly number[] };

/** Log-uniform: 1, 2, 3 … with weights ln(1 + 1/k), which are Zipf's 1/k for all but the first few. */
const drawLimit = (random: Random, max: number): number =>
  Math.min(max, Math.floor(Math.exp(random.fraction() * Math.log(max + 1))));

const newKey = (name: number, random: Random, { settings }: Recipe): Key => ({
  name,
  next: 1,
  last: drawLimit(random, settings.maxWritesPerKey),
});

const drawPosition = (random: Random, { shares }: Recipe): number => {
  const at = random.fraction() * (shares.at(-1) as number);
  const position = shares.findIndex((end) => at < end);
  return position < 0 ? shares.length - 1 : position;
};

class Transactions implements Gen {
  readonly recipe: Recipe;
  /** Transactions made so far: the name of the next one's random stream. */
  readonly count: number;
  /** Empty before the first one. */
  readonly pool: readonly Key[];

  constructor(recipe: Recipe, count: number, pool: readonly Key[]) {
    this.recipe = recipe;
    this.count = count;
    this.pool = pool;
  }

  op(context: Context): Step {
    const { recipe, count } = this;
    if (context.threads.someFree() === undefined) return { kind: 'pending', next: this };
    const random = new Random(fork(context.rng, count));
    const { minTxnLength, maxTxnLength, keyCount } = recipe.settings;
    const pool =
      count === 0
        ? Array.from({ length: keyCount }, (_, name) => newKey(name, random, recipe))
        : [...this.pool];
    const length = minTxnLength + random.int(maxTxnLength - minTxnLength + 1);
    const value = Array.from({ length }, () => drawStep(pool, random, recipe));
    const step = new Spec({ f: 'txn', value }).op(context);
    if (step.kind === 'op') return { ...step, next: new Transactions(recipe, count + 1, pool) };
    return step.kind === 'pending' ? { ...step, next: this } : step;
  }

  update(): Gen {
    return this;
  }
}

/** Draws a step and notes in the pool what it writes; a key that got its last value makes room for a new one. */
const drawStep = (pool: Key[], random: Random, recipe: Recipe): Micro => {
  const position = drawPosition(random, recipe);
  const { name, next, last } = pool[position] as Key;
  if (random.int(2) === 0) return ['r', name, null];
  const newest = pool.reduce((max, key) => Math.max(max, key.name), 0);
  pool[position] =
    next < last ? { name, next: next + 1, last } : newKey(newest + 1, random, recipe);
  return [recipe.settings.write, name, next];
};

/**
 * Transactions without end, as operations `txn` whose value is a list of steps `['r', key, null]` and
 * `['w' or 'append', key, value]`, as many reads as writes. A key's values are 1, 2, 3 …, so each is written once.
 * Throws a RangeError for options that make no sense.
 */
export const transactions = (options: TransactionOptions = {}): Gen => {
  const settings = settingsOf(options);
  return new Transactions({ settings, shares: sharesOf(settings) }, 0, []);
};
