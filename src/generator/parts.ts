// Asking generators that each own a part of the threads: the part of the longest free thread comes first.
import type { Context, Step, Thread } from './generator.ts';
import { Soonest, type Winner } from './soonest.ts';

export type Parts = {
  /** Which part a thread belongs to; -1 for none. */
  readonly partOf: (thread: Thread) => number;
  readonly ask: (part: number) => Step;
  /** When the part's next operation is known to be due, so that it need not be asked yet. */
  readonly dueOf?: (part: number) => number;
};

export type PartsAnswer = { readonly winner: Winner | undefined; readonly soonest: Soonest };

const nothingKnown = new Soonest();

/**
 * Costs one ask when the longest free thread has something to do now, and at most one ask a part otherwise. Parts
 * without a free thread are not asked: they could not emit anything.
 */
export const askParts = (context: Context, parts: Parts): PartsAnswer => {
  const { threads, time } = context;
  const process = threads.someFree();
  if (process === undefined) return { winner: undefined, soonest: nothingKnown };
  const first = parts.partOf(threads.threadOf(process) as Thread);
  const step: Step | undefined =
    first === -1 || isWaiting(parts, first, time) ? undefined : parts.ask(first);
  if (step?.kind === 'op' && step.op.time <= time)
    return { winner: { step, child: first }, soonest: nothingKnown };
  return askAll(context, parts, { first, step });
};

const isWaiting = ({ dueOf }: Parts, part: number, time: number): boolean =>
  dueOf !== undefined && dueOf(part) > time;

/** Found so far: the soonest operation; `step` is missing when the part was not asked because it is not due. */
type Candidate = { readonly due: number; readonly part: number; readonly step: Step | undefined };

const askAll = (
  { threads, time }: Context,
  parts: Parts,
  known: { readonly first: number; readonly step: Step | undefined },
): PartsAnswer => {
  const soonest = new Soonest();
  const asked = new Set<number>([-1]);
  let best: Candidate | undefined;
  const offer = (candidate: Candidate): void => {
    if (best === undefined || candidate.due < best.due) best = candidate;
  };
  for (const thread of threads.free()) {
    const part = parts.partOf(thread);
    if (asked.has(part)) continue;
    asked.add(part);
    if (isWaiting(parts, part, time)) {
      offer({ due: parts.dueOf?.(part) ?? time, part, step: undefined });
      continue;
    }
    const step = part === known.first && known.step !== undefined ? known.step : parts.ask(part);
    if (step.kind !== 'op') soonest.add(step, part);
    else if (step.op.time <= time) return { winner: { step, child: part }, soonest };
    else offer({ due: step.op.time, part, step });
  }
  if (best !== undefined) soonest.add(best.step ?? parts.ask(best.part), best.part);
  return { winner: soonest.winner, soonest };
};
