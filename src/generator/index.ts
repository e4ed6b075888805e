// Every combinator that users get, each from its own file.
export { andThen } from './and-then.ts';
export { any } from './any.ts';
export { barrier } from './barrier.ts';
export { type Burst, burst } from './burst.ts';
export { cache } from './cache.ts';
export { clients } from './clients.ts';
export { concat } from './concat.ts';
export { concurrencyLimit } from './concurrency-limit.ts';
export { concurrentKeys } from './concurrent-keys.ts';
export { cycle } from './cycle.ts';
export { cycleTimes } from './cycle-times.ts';
export { delay } from './delay.ts';
export { eachProcess } from './each-process.ts';
export { eachThread } from './each-thread.ts';
export { exponentialKeys } from './exponential-keys.ts';
export { fMap } from './f-map.ts';
export { filter } from './filter.ts';
export { flipFlop } from './flip-flop.ts';
export { friendlyExceptions } from './friendly-exceptions.ts';
export { fromIterable } from './from-iterable.ts';
export { keyed } from './keyed.ts';
export { lift } from './lift.ts';
export { limit } from './limit.ts';
export { log } from './log.ts';
export { map } from './map.ts';
export { mix } from './mix.ts';
export { nemesis } from './nemesis.ts';
export { onThreads } from './on-threads.ts';
export { onUpdate, type UpdateHandler } from './on-update.ts';
export { once } from './once.ts';
export { phases } from './phases.ts';
export { processLimit } from './process-limit.ts';
export { type Ramp, ramp } from './ramp.ts';
export { repeat } from './repeat.ts';
export { reserve } from './reserve.ts';
export { sequentialKeys } from './sequential-keys.ts';
export { shortestAny } from './shortest-any.ts';
export { sleep } from './sleep.ts';
export { stagger } from './stagger.ts';
export { synchronize } from './synchronize.ts';
export { timeLimit } from './time-limit.ts';
export { type Say, trace } from './trace.ts';
export {
  type KeyDistribution,
  keyDistributions,
  type Micro,
  type TransactionOptions,
  transactions,
} from './transactions.ts';
export { untilOk } from './until-ok.ts';
export { validate } from './validate.ts';
export { weighted } from './weighted.ts';
export { zipfKeys } from './zipf-keys.ts';
