// What the package exports.
export { check } from './check.ts';
export type { Columns } from './history/columns.ts';
export { mopCodes, nilValue, typeCodes } from './history/columns.ts';
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
