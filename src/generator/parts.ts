// Asking generators that each own a part of the threads: the part of the longest free thread comes first.
import type { Context, Step, Thread } from './generator.ts';
import { Soonest, type Winner } from './soonest.ts';

export type Parts = {
  /** Which part a thread belongs to; -1 for none. */
  readonly partOf: (thread: Thread) => number;
  readonly ask: (part: number) => Step;
};

export type PartsAnswer = {
  readonly winner: Winner | undefined;
  readonly soonest: Soonest;
  /** The parts that were asked and are done. */
  readonly done: number;
};

const nothingKnown = new Soonest();

/**
 * Costs one ask when the longest free thread has something to do now, and at most one ask a part otherwise. Parts
 * without a free thread are not asked: they could not emit anything.
 */
export const askParts = (context: Context, parts: Parts): PartsAnswer => {
  const { threads, time } = context;
  const process = threads.someFree();
  if (process === undefined) return { winner: undefined, soonest: nothingKnown, done: 0 };
  const first = parts.partOf(threads.threadOf(process) as Thread);
  const step: Step | undefined = first === -1 ? undefined : parts.ask(first);
  if (step?.kind === 'op' && step.op.time <= time)
    return { winner: { step, child: first }, soonest: nothingKnown, done: 0 };
  return askAll(context, parts, { first, step });
};

const askAll = (
  { threads, time }: Context,
  parts: Parts,
  known: { readonly first: number; readonly step: Step | undefined },
): PartsAnswer => {
  const soonest = new Soonest();
  const asked = new Set<number>([-1]);
  let done = 0;
  for (const thread of threads.free()) {
    const part = parts.partOf(thread);
    if (asked.has(part)) continue;
    asked.add(part);
    const step = part === known.first && known.step !== undefined ? known.step : parts.ask(part);
    if (step.kind === 'op' && step.op.time <= time)
      return { winner: { step, child: part }, soonest, done };
    if (step.kind === 'done') done++;
    else soonest.add(step, part);
  }
  return { winner: soonest.winner, soonest, done };
};
