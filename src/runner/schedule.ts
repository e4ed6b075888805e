// The shape of every test: load at a rate while faults come and go, a healed stretch at the end, final operations.
import type { GenLike } from '../generator/generator.ts';
import { any, clients, onThreads, phases, stagger, timeLimit } from '../generator/index.ts';
import { nemesisThread } from '../generator/threads.ts';

export type Schedule = {
  /** Seconds of load. */
  readonly timeLimitSeconds: number;
  /** Operations a second of all clients together, on average. */
  readonly rate: number;
  /** The last seconds of the load, in which everything is healed. */
  readonly recoverySeconds: number;
  readonly load: GenLike;
  /** Operations after the load, in the healed cluster. */
  readonly final: GenLike;
  /** Each package's own schedule, and what heals it; package i has nemesis thread i to itself. */
  readonly faults: readonly { readonly generator: GenLike; readonly final: GenLike }[];
};

/** Nemesis threads that a schedule needs: one a package, so that their operations may overlap. */
export const nemesisThreadsFor = (packages: number): number => Math.max(1, packages);

/** The generator of a whole test. Recovery takes at most half of the time limit. */
export const scheduleOf = (schedule: Schedule): GenLike => {
  const { timeLimitSeconds, faults } = schedule;
  const recovery =
    faults.length === 0 ? 0 : Math.min(schedule.recoverySeconds, timeLimitSeconds / 2);
  const load = clients(timeLimit(timeLimitSeconds, stagger(1 / schedule.rate, schedule.load)));
  const chaos = faults.map((fault, i) =>
    onThreads(
      [nemesisThread(i)],
      phases(timeLimit(timeLimitSeconds - recovery, fault.generator), fault.final),
    ),
  );
  // The load is the first child of `any` also without faults: what it draws is the same with them.
  return phases(any(load, ...chaos), clients(schedule.final));
};
