// What the package exports to users: everything a workload, nemesis or system of their own needs.
export { messageOf, OrdealError, usageError } from './base/errors.ts';
export { fork, Random, type Rng } from './base/random.ts';
export type { Checker } from './checker/checker.ts';
export { compose } from './checker/compose.ts';
export { type TransactionalOptions, transactional } from './checker/elle.ts';
export type { Failure, LinearVerdict } from './checker/linear/linear-verdict.ts';
export {
  checkLinearizable,
  type LinearOptions,
  linearizable,
} from './checker/linear/linearizable.ts';
export type { Model, ModelOp } from './checker/linear/model.ts';
export { models } from './checker/linear/models.ts';
export { stats } from './checker/stats.ts';
export { type Valid, type Verdict, worst } from './checker/verdict.ts';
export type { Witness, WitnessOp } from './checker/witness.ts';
export type { FaultBudget, Harm } from './contract/budget.ts';
export { type Client, DefiniteError } from './contract/client.ts';
export type { Fault, FaultControl, Grudge, Proof } from './contract/faults.ts';
export type { NemesisContext, NemesisPackage, NemesisWorld } from './contract/nemesis.ts';
export type { Node } from './contract/node.ts';
export type { OptionSpec, OptionSpecs, OptionValues } from './contract/options.ts';
export type { ExecOptions, ExecResult, Remote } from './contract/remote.ts';
export type { System, SystemContext } from './contract/system.ts';
export {
  consistencyOf,
  consistencyOptions,
  transactionOptions,
  transactionsOf,
} from './contract/transactions.ts';
export type { Workload, WorkloadContext } from './contract/workload.ts';
export {
  bisect,
  bridge,
  completeGrudge,
  drawGrudge,
  type GrudgeKind,
  grudgeKinds,
  invert,
  isolate,
  leastNodesOf,
  oneWay,
  primariesGrudge,
  requireNodes,
  sayGrudge,
} from './faults/grudge.ts';
export { partitionOf } from './faults/partition-fault.ts';
export {
  drawTargets,
  leastNodesFor,
  requireTargets,
  type TargetKind,
  targetKinds,
} from './faults/targets.ts';
export type {
  Context,
  Emitted,
  Event,
  FunctionContext,
  Gen,
  GenLike,
  NemesisThread,
  OpSpec,
  RunProcess,
  Step,
  Thread,
  Threads,
} from './generator/generator.ts';
export * from './generator/index.ts';
export { History } from './history/history.ts';
export type { Completion, Op, OpError, OpType, Process } from './history/op.ts';
