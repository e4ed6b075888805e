// Seeded random streams as values: one seed, streams forked by name, drawing returns the next value.

/**
 * A position in a random stream. Counter based: `key` names the stream, `count` says how many values were drawn,
 * so a stream can be forked without touching its parent and asked again for the same value.
 */
export type Rng = { readonly a: number; readonly b: number; readonly count: number };

/** Finaliser of MurmurHash3 (Appleby 2011): a bijection on 32 bits with good avalanche. */
const mix32 = (x: number): number => {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

const hashText = (text: string, seed: number): number => {
  let h = seed | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) + i;
  return mix32(h);
};

/** The root stream of a seed (a safe integer ≥ 0). */
export const rngOf = (seed: number): Rng => ({
  a: mix32(seed % 0x1_0000_0000),
  b: mix32(Math.floor(seed / 0x1_0000_0000) ^ 0x9e3779b9),
  count: 0,
});

/** A stream of its own, named by text or number; depends on the parent's key only, not on what was drawn from it. */
export const fork = (rng: Rng, name: string | number): Rng => {
  const h = typeof name === 'number' ? mix32(name + 0x7f4a7c15) : hashText(name, 0x811c9dc5);
  return {
    a: mix32(rng.a ^ h),
    b: mix32((rng.b + 0x9e3779b9) ^ Math.imul(h, 0x2545f491)),
    count: 0,
  };
};

/** The 32 bits at this position of the stream. */
const bitsAt = (rng: Rng, lane: number): number =>
  mix32(mix32(rng.a + Math.imul(rng.count, 0x9e3779b9)) ^ (rng.b + Math.imul(lane, 0x85ebca6b)));

/** The position after this one. */
export const advance = (rng: Rng): Rng => ({ a: rng.a, b: rng.b, count: rng.count + 1 });

/** A uniform fraction in [0, 1) with 53 bits, at this position; pair with `advance`. */
export const fractionAt = (rng: Rng): number =>
  ((bitsAt(rng, 0) >>> 5) * 0x400_0000 + (bitsAt(rng, 1) >>> 6)) / 0x20_0000_0000_0000;

/** A uniform whole number in [0, bound), and the stream after it. `bound` is a whole number ≥ 1. */
export const draw = (rng: Rng, bound: number): readonly [value: number, next: Rng] => [
  Math.floor(fractionAt(rng) * bound),
  advance(rng),
];

/**
 * A drawing hand over a stream, for code that draws several values in a row.
 * Local and short-lived: make one from an `Rng`, draw, keep `rng` for next time.
 */
export class Random {
  rng: Rng;
  constructor(rng: Rng) {
    this.rng = rng;
  }
  /** Uniform in [0, 1). */
  fraction(): number {
    const value = fractionAt(this.rng);
    this.rng = advance(this.rng);
    return value;
  }
  /** Uniform whole number in [0, bound). */
  int(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }
  /** One of `items` (not empty). */
  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)] as T;
  }
  /** A new array, shuffled (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  }
  /** Exponentially distributed with the given mean. */
  exponential(mean: number): number {
    return -Math.log(1 - this.fraction()) * mean;
  }
}
