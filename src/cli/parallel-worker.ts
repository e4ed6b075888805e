// A thread that searches the parts it is sent, one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { searchPart } from '../checker/linear/plan.ts';
import { packJudgement, unpackPart } from '../checker/linear/portable.ts';
import type { Op } from '../history/op.ts';
import { type ModelName, modelOf } from './model-name.ts';

const model = modelOf(workerData as ModelName);

parentPort?.on('message', (task: { readonly records: readonly Op[]; readonly budget: number }) => {
  const part = unpackPart(task.records, model.fs);
  const judgement = searchPart({ model }, { part, budget: task.budget });
  parentPort?.postMessage(packJudgement(judgement, part));
});
