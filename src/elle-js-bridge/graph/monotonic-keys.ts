// Orders operations whose value is a map from keys to numbers that only ever grow.

export type MonotonicOp = {
  readonly index: number;
  readonly value: Readonly<Record<string, number>>;
};

/** Edges [index, index]: for each key, from all operations at one value to all at the next value seen. */
export const monotonicKeyEdges = (ops: readonly MonotonicOp[]): (readonly [number, number])[] => {
  const keys = new Set(ops.flatMap((op) => Object.keys(op.value)));
  const edges = new Map<string, readonly [number, number]>();
  for (const key of keys) {
    const seen = ops.filter((op) => op.value[key] !== undefined);
    const byValue = Map.groupBy(seen, (op) => op.value[key]!);
    const values = [...byValue.keys()].sort((a, b) => a - b);
    for (const [i, value] of values.entries())
      for (const from of byValue.get(value)!)
        for (const to of byValue.get(values[i + 1] ?? Number.NaN) ?? [])
          edges.set(`${from.index} ${to.index}`, [from.index, to.index]);
  }
  return [...edges.values()];
};
