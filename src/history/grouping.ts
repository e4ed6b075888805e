// Grouping positions without copying operations: one typed array, cut into a window per group.

/** Positions 0 … length−1 by the group each belongs to, ascending within a group, groups by first appearance. */
export const groupPositions = <G>(
  length: number,
  groupOf: (position: number) => G,
): ReadonlyMap<G, Int32Array> => {
  const numbers = new Map<G, number>();
  const groups: G[] = [];
  const counts: number[] = [];
  const numberAt = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const group = groupOf(i);
    let number = numbers.get(group);
    if (number === undefined) {
      number = groups.length;
      numbers.set(group, number);
      groups.push(group);
      counts.push(0);
    }
    numberAt[i] = number;
    counts[number] = (counts[number] as number) + 1;
  }
  return cut(groups, counts, numberAt);
};

const cut = <G>(groups: readonly G[], counts: readonly number[], numberAt: Int32Array) => {
  const all = new Int32Array(numberAt.length);
  const next: number[] = [];
  const windows = new Map<G, Int32Array>();
  let offset = 0;
  for (let g = 0; g < groups.length; g++) {
    const count = counts[g] as number;
    next.push(offset);
    windows.set(groups[g] as G, all.subarray(offset, offset + count));
    offset += count;
  }
  for (let i = 0; i < numberAt.length; i++) {
    const number = numberAt[i] as number;
    all[next[number] as number] = i;
    next[number] = (next[number] as number) + 1;
  }
  return windows;
};
