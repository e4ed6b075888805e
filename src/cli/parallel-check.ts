// Judges a large history key by key on several threads; the verdict is the one that a single thread finds.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { verdictOf } from '../checker/linear/conclude.ts';
import type { Judgement } from '../checker/linear/judge.ts';
import type { LinearVerdict } from '../checker/linear/linear-verdict.ts';
import { checkLinearizable } from '../checker/linear/linearizable.ts';
import { type HardPart, type Plan, planOf, searchPart } from '../checker/linear/plan.ts';
import { type PortableJudgement, packPart, unpackJudgement } from '../checker/linear/portable.ts';
import type { History } from '../history/history.ts';
import { type ModelName, modelOf } from './model-name.ts';

/** Fewer operations that need search are done sooner than threads are started. */
const operationsMin = 20_000;

export type ParallelOptions = {
  /** By name, since threads cannot be given functions. */
  readonly model: ModelName;
  readonly threads?: number;
  /** Default 20,000. */
  readonly operationsMin?: number;
};

/** Like `checkLinearizable`; keys that need search are judged on `threads` threads (the machine's processors). */
export const checkInParallel = async (
  history: History,
  { model, threads = availableParallelism(), ...options }: ParallelOptions,
): Promise<LinearVerdict> => {
  let plan: Plan<unknown>;
  try {
    plan = planOf(history, { model: modelOf(model) });
  } catch {
    return checkLinearizable(history, { model: modelOf(model) });
  }
  const operations = plan.hard.reduce((sum, { part }) => sum + part.count, 0);
  const count = Math.min(threads, plan.hard.length);
  const isWorthwhile = count > 1 && operations >= (options.operationsMin ?? operationsMin);
  const searched = isWorthwhile
    ? await searchAll(plan.hard, model, count)
    : plan.hard.map((part) => searchPart(plan.options, part));
  return verdictOf(plan, searched);
};

/** Each thread takes the next part when it is done with one. */
const searchAll = async (
  hard: readonly HardPart[],
  model: ModelName,
  count: number,
): Promise<Judgement[]> => {
  const judgements: Judgement[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./parallel-worker.ts', import.meta.url), {
      workerData: model,
    });
    try {
      for (let at = next++; at < hard.length; at = next++) {
        const { part, budget } = hard[at] as HardPart;
        const answer = answerOf(worker);
        worker.postMessage({ records: packPart(part), budget });
        judgements[at] = unpackJudgement(await answer, part);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: count }, work));
  return judgements;
};

const answerOf = (worker: Worker): Promise<PortableJudgement> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', onMessage).off('error', onError);
    };
    const onMessage = (judgement: PortableJudgement): void => {
      settle();
      resolve(judgement);
    };
    const onError = (cause: Error): void => {
      settle();
      reject(cause);
    };
    worker.on('message', onMessage).on('error', onError);
  });
