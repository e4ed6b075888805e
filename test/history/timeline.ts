// A small language for histories in this room's tests: one operation a line, index and time filled in.
import type { Op, OpType, Process } from '../../src/history/op.ts';

export type Line = readonly [
  process: Process,
  type: OpType,
  f: string,
  value?: unknown,
  key?: string | number,
];

/** Operations with dense indices, 10 ns apart. */
export const opsOf = (...lines: readonly Line[]): Op[] =>
  lines.map(([process, type, f, value = null, key], index) => ({
    index,
    time: index * 10,
    process,
    type,
    f,
    value,
    ...(key === undefined ? {} : { key }),
  }));
