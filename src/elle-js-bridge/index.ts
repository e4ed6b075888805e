// What the package exports.
export type { Comparison, JvmCheckOptions } from './bridge.ts';
export { check, compare } from './bridge.ts';
export { readEdn } from './edn/reader.ts';
export { ednOf } from './edn/writer.ts';
export { drawCycle } from './evidence/picture.ts';
export { type ReduceOptions, reduceHistory } from './evidence/reduce.ts';
export { explainAnomalies, isCycle } from './evidence/words.ts';
export { type HistoryFormat, readHistoryFile } from './files.ts';
export type { Columns } from './history/columns.ts';
export { mopCodes, nilValue, typeCodes } from './history/columns.ts';
export type { JvmOptions } from './jvm/backend.ts';
export type { Difference } from './jvm/compare.ts';
export {
  anomalyNames,
  boundaryOf,
  canonicalModel,
  friendlyModel,
  modelNames,
  modelSentence,
} from './models/lattice.ts';
export type { ListValue, Mop, Op, OpType, Scalar, Txn, TxnOp } from './op.ts';
export type { CheckOptions } from './options.ts';
export type {
  Anomaly,
  CheckError,
  CheckResult,
  Cycle,
  CycleExists,
  Finding,
  Relation,
  Step,
} from './result.ts';
