// The shape of every test: load at a rate while faults come and go, a healed stretch at the end, final operations.
import type { GenLike } from '../generator/generator.ts';
import { any, clients, nemesis, phases, stagger, timeLimit } from '../generator/index.ts';

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
  /** Each package's own schedule, and what heals it. */
  readonly faults: readonly { readonly generator: GenLike; readonly final: GenLike }[];
};

/** The generator of a whole test. Recovery takes at most half of the time limit. */
export const scheduleOf = (schedule: Schedule): GenLike => {
  const { timeLimitSeconds, faults } = schedule;
  const recovery =
    faults.length === 0 ? 0 : Math.min(schedule.recoverySeconds, timeLimitSeconds / 2);
  const load = clients(timeLimit(timeLimitSeconds, stagger(1 / schedule.rate, schedule.load)));
  const chaos = phases(
    timeLimit(timeLimitSeconds - recovery, any(...faults.map((fault) => fault.generator))),
    faults.map((fault) => fault.final),
  );
  const main = faults.length === 0 ? load : any(load, nemesis(chaos));
  return phases(main, clients(schedule.final));
};
