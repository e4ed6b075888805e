// What must hold of linearizability for every model: properties, run a few times in CI and often in the long suite.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Call, opOf } from '../../src/checker/linear/calls.ts';
import { judge, judgeBySearch } from '../../src/checker/linear/judge.ts';
import { checkLinearizable } from '../../src/checker/linear/linearizable.ts';
import { callsIn } from '../../src/checker/linear/parts.ts';
import { Part } from '../../src/checker/linear/strand.ts';
import { History } from '../../src/history/history.ts';
import type { Op } from '../../src/history/op.ts';
import { bruteForce, firstUnexplained, hasOrder, justInTime, verify } from './judges.ts';
import { histories, worlds } from './worlds.ts';

const callsOf = (ops: readonly Op[], fs: readonly string[]): readonly Call[] => {
  const history = History.from(ops);
  return new Part(history, undefined, callsIn(history, fs)).calls;
};

/** Agreement with the judges, `runs` random histories of up to eight operations for each model, fewer longer ones. */
export const describeAgreement = (runs: number): void =>
  describe.each(Object.entries(worlds))('%s', (_name, world) => {
    test('agrees with the brute-force judge, also on the operation that fails', () => {
      fc.assert(
        fc.property(histories(world, 8), (history) => {
          const verdict = checkLinearizable(history, { model: world.model });
          expect(verdict.valid).toBe(bruteForce(history, world.model));
          const position = firstUnexplained(history, world.model);
          expect(verdict.operation).toEqual(position < 0 ? undefined : history[position]);
        }),
        { numRuns: runs },
      );
    });

    test('agrees with just-in-time linearization on longer histories', () => {
      fc.assert(
        fc.property(histories(world, 18), (history) => {
          const verdict = checkLinearizable(history, { model: world.model });
          const expected = justInTime(history, world.model);
          if (expected !== undefined) expect(verdict.valid).toBe(expected);
        }),
        { numRuns: runs / 5 },
      );
    });

    test('a minimal failing history fails on its own, and is small', () => {
      fc.assert(
        fc.property(histories(world, 16), (history) => {
          const { valid, minimal, witness, operation } = checkLinearizable(history, {
            model: world.model,
          });
          if (valid !== false) return;
          expect(justInTime(minimal as Op[], world.model) ?? false).toBe(false);
          expect(minimal).toContain(operation);
          expect(witness?.ops.filter((op) => op.culprit)).toHaveLength(1);
          expect(witness?.ops.length).toBeLessThanOrEqual(12);
        }),
        { numRuns: runs / 5 },
      );
    });

    test('agrees with the brute-force judge when some operations may have happened at any time before they returned', () => {
      fc.assert(
        fc.property(
          histories(world, 6),
          fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
          (history, free) => {
            const calls = callsOf(history, world.model.fs).map((call, at) =>
              free[at] ? { ...call, start: -1, optional: true } : call,
            );
            const sorted = calls.sort((a, b) => a.start - b.start);
            const expected = hasOrder(
              sorted.map((call) => ({ ...call, op: opOf(call) })),
              world.model.init,
              world.model,
            );
            expect(judge({ model: world.model, calls: sorted, budget: 1e6 }).valid).toBe(expected);
            expect(judgeBySearch({ model: world.model, calls: sorted, budget: 1e6 }).valid).toBe(
              expected,
            );
          },
        ),
        { numRuns: runs / 2 },
      );
    });

    test('every valid history has a certificate that the verifier accepts, from every engine', () => {
      fc.assert(
        fc.property(histories(world, 16), (history) => {
          const { model } = world;
          const verdict = checkLinearizable(history, { model, certificate: true });
          if (verdict.valid !== true) return;
          for (const { order } of verdict.certificates ?? [])
            expect(verify(history, order, model)).toBeUndefined();
          const calls = callsOf(history, model.fs);
          const { order = [] } = judgeBySearch({ model, calls, budget: 1e6, certificate: true });
          const indices = order.map(({ invoke }) => invoke.index);
          expect(verify(history, indices, model)).toBeUndefined();
        }),
        { numRuns: runs / 2 },
      );
    });

    test('losing an answer never turns true into false, and a prefix of a good history is good', () => {
      fc.assert(
        fc.property(histories(world, 12), fc.nat(), (history, at) => {
          if (checkLinearizable(history, { model: world.model }).valid !== true) return;
          const cut = at % (history.length + 1);
          const prefix = history.slice(0, cut);
          expect(checkLinearizable(prefix, { model: world.model }).valid).toBe(true);
          expect(checkLinearizable(lose(history, cut), { model: world.model }).valid).toBe(true);
        }),
        { numRuns: runs / 5 },
      );
    });
  });

/** The history without the completion at a position; what its process did later was then done by another. */
const lose = (history: readonly Op[], at: number): Op[] => {
  const lost = history[at];
  if (lost === undefined || lost.type === 'invoke' || lost.type === 'fail') return [...history];
  return history.flatMap((op, i) => {
    if (i === at) return [];
    const isLater = i > at && op.process === lost.process;
    return [isLater ? { ...op, process: Number(op.process) + 1_000 } : op];
  });
};
