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
export {
  checkWeak,
  type WeakLevel,
  type WeakOptions,
  type WeakVerdict,
} from './weak/check.ts';
export {
  checkSerial,
  type SerialLevel,
  type SerialOptions,
  type SerialVerdict,
  serialLevels,
} from './weak/serial.ts';
export type { Step as WeakStep, WeakAnomaly } from './weak/words.ts';
export { type BankOptions, type BankVerdict, checkBank } from './workloads/bank.ts';
export { type CausalOp, type CausalVerdict, checkCausal } from './workloads/causal.ts';
export { type CausalReverseVerdict, checkCausalReverse } from './workloads/causal-reverse.ts';
export {
  checkClosedPredicate,
  type PredicateMop,
  type PredicateVerdict,
} from './workloads/closed-predicate.ts';
export {
  checkDirtyReads,
  type DirtyReadOptions,
  type DirtyReadVerdict,
} from './workloads/dirty-reads.ts';
export { checkKafka, type KafkaOptions, type KafkaVerdict } from './workloads/kafka/check.ts';
export type { KafkaOp } from './workloads/kafka/log.ts';
export {
  checkLongFork,
  type LongForkOptions,
  type LongForkVerdict,
} from './workloads/long-fork.ts';
export {
  checkMonotonic,
  type MonotonicOptions,
  type MonotonicVerdict,
} from './workloads/monotonic.ts';
export type { Predicate } from './workloads/predicates.ts';
export { checkWriteSkew, type WriteSkewVerdict } from './workloads/write-skew.ts';
