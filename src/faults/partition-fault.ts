// The partition as a fault: its shape as data, checked where it comes in.
import { assert } from '../base/assert.ts';
import type { Fault, Grudge } from '../contract/faults.ts';

export const partitionKind = 'partition';

/** The fault that cuts as the grudge says. */
export const partitionOf = (grudge: Grudge): Fault => ({ kind: partitionKind, grudge });

/** The grudge of a partition; a fault of another shape is a programmer error. */
export const grudgeOf = (fault: Fault): Grudge => {
  const { grudge } = fault;
  assert(isGrudge(grudge), `a partition without a grudge: ${JSON.stringify(fault)}`);
  return grudge;
};

const isGrudge = (value: unknown): value is Grudge =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every(
    (drops) => Array.isArray(drops) && drops.every((node) => typeof node === 'string'),
  );
