// Zones on the line of time: which two cannot both have their way.

/** Zones by value: the least return and the greatest invocation of a block, found at the value that begins it. */
export type ZoneList = {
  readonly values: readonly number[];
  readonly first: Int32Array;
  readonly last: Int32Array;
};

/** Forward zones, ordered by their first moment. */
type Forward = { readonly values: Int32Array; readonly firsts: Int32Array };

/** A forward zone is one in which something returned before something else of the block was invoked. */
const forwardOf = ({ values, first, last }: ZoneList): Forward => {
  const forward = values.filter((value) => (first[value] as number) < (last[value] as number));
  // Sorting plain numbers is much faster than sorting by a comparison: the moment above, the value below.
  const base = first.length;
  const keys = Float64Array.from(
    forward,
    (value) => ((first[value] as number) + 2) * base + value,
  ).sort();
  const ordered = Int32Array.from(keys, (key) => key % base);
  return { values: ordered, firsts: ordered.map((value) => first[value] as number) };
};

/** Two values whose blocks must each precede the other: forward zones that overlap, or a backward one inside. */
export const conflictOf = (zones: ZoneList): readonly [number, number] | undefined => {
  const { first, last } = zones;
  const forward = forwardOf(zones);
  for (let i = 1; i < forward.values.length; i++) {
    const before = forward.values[i - 1] as number;
    if ((forward.firsts[i] as number) < (last[before] as number))
      return [before, forward.values[i] as number];
  }
  for (const back of zones.values) {
    if ((first[back] as number) < (last[back] as number)) continue;
    const around = aroundOf(forward, last[back] as number);
    if (around !== undefined && (first[back] as number) < (last[around] as number))
      return [around, back];
  }
  return undefined;
};

/** The last forward zone that begins before a moment. */
const aroundOf = ({ values, firsts }: Forward, moment: number): number | undefined => {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((firsts[middle] as number) < moment) low = middle + 1;
    else high = middle;
  }
  return values[low - 1];
};
