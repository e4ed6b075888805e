// Sorting numbers by a moment of each: much faster than sorting by a comparison.

/** The values in ascending order of `moments[value]`, moments from −2 to 2^31 − 1. Fewer than four million values. */
export const sortedBy = (
  values: Int32Array | readonly number[],
  moments: Int32Array,
): Int32Array => {
  const base = moments.length;
  const keys = new Float64Array(values.length);
  for (let i = 0; i < keys.length; i++) {
    const value = values[i] as number;
    keys[i] = ((moments[value] as number) + 2) * base + value;
  }
  keys.sort();
  const sorted = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) sorted[i] = (keys[i] as number) % base;
  return sorted;
};
