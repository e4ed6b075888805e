// A bundled workload under virtual time, as tests of what a seed decides need it: default options, five nodes, ten clients.

import { fork, rngOf } from '../../src/base/random.ts';
import { load, namesOf } from '../../src/cli/registry.ts';
import type { Op } from '../../src/history/op.ts';
import { scheduleOf } from '../../src/runner/schedule.ts';
import { imperfect, runVirtually } from '../../src/testing.ts';

/** Every bundled workload, by name. */
export const workloadNames = namesOf('workload');

/** Its history with `seed`, up to so many entries. */
export const playWorkload = async (
  name: string,
  { seed, maxEntries }: { readonly seed: number; readonly maxEntries: number },
): Promise<readonly Op[]> => {
  const workload = await load('workload', name);
  const options = Object.fromEntries(
    Object.entries(workload.options ?? {}).map(([option, spec]) => [option, spec.default]),
  );
  const context = { nodes: ['n1', 'n2', 'n3', 'n4', 'n5'], concurrency: 10, options };
  const generator = scheduleOf({
    timeLimitSeconds: 60,
    rate: 200,
    recoverySeconds: 5,
    load: workload.generator(context),
    final: workload.finalGenerator?.(context) ?? null,
    faults: [],
  });
  return runVirtually({ generator, concurrency: 10, seed, model: imperfect, maxEntries });
};

/** A stream by name, to show that names and not positions decide. */
export const streamOf = (seed: number, name: string): readonly [number, number] => {
  const { a, b } = fork(rngOf(seed), name);
  return [a, b];
};
