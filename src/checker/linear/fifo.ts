// First in, first out: two values that were certainly put in one order and taken in the other.
import { never } from './calls.ts';
import type { Clash, Lives } from './lifetimes.ts';
import { sortedBy } from './sorted-by.ts';

/**
 * A value that had been put before another one's putting began must not be taken after it: not when its taking began
 * after the other's had returned, nor when nobody took it.
 */
export const findDisorder = ({
  values,
  putStart,
  putEnd,
  takeStart,
  takeEnd,
}: Lives): Clash | undefined => {
  const byEnd = sortedBy(
    values.filter((value) => putEnd[value] !== never),
    putEnd,
  );
  let next = 0;
  /** Of what had been put, the value whose taking began last. */
  let last = -1;
  for (const value of values) {
    for (; next < byEnd.length; next++) {
      const older = byEnd[next] as number;
      if ((putEnd[older] as number) >= (putStart[value] as number)) break;
      if (last === -1 || (takeStart[older] as number) > (takeStart[last] as number)) last = older;
    }
    if (last !== -1 && (takeEnd[value] as number) < (takeStart[last] as number))
      return { values: [last, value] };
  }
  return undefined;
};
