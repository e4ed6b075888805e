// Short ways to write histories, for tests.
import type { Op } from '../../src/elle-js-bridge/op.ts';

/** A completed operation with its invocation: `[process, f, value, type?, more?]`; the invocation has the value too. */
export type Line = readonly [
  process: number,
  f: string,
  value: unknown,
  type?: Op['type'],
  more?: Record<string, unknown>,
];

/** Operations one after the other, each invoked and then completed. */
export const sequence = (...lines: readonly Line[]): Op[] =>
  lines.flatMap(([process, f, value, type = 'ok', more = {}], i): Op[] => {
    const shared = { process, f, value, time: 0, ...more };
    return [
      { ...shared, index: 2 * i, type: 'invoke' },
      { ...shared, index: 2 * i + 1, type },
    ];
  });

/** Operations that all overlap: every invocation comes before every completion. */
export const together = (...lines: readonly Line[]): Op[] => {
  const ops = sequence(...lines);
  return [
    ...ops.filter((op) => op.type === 'invoke'),
    ...ops.filter((op) => op.type !== 'invoke'),
  ].map((op, index) => ({ ...op, index }));
};
