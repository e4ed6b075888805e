// What the package exports to users: everything a workload, nemesis or system of their own needs.
export type { Checker } from './checker/checker.ts';
export type { Valid, Verdict } from './checker/verdict.ts';
export { type Client, DefiniteError } from './contract/client.ts';
export type { Fault, FaultControl, Grudge, Proof } from './contract/faults.ts';
export type { NemesisContext, NemesisPackage, NemesisWorld } from './contract/nemesis.ts';
export type { Node } from './contract/node.ts';
export type { OptionSpec, OptionSpecs, OptionValues } from './contract/options.ts';
export type { ExecOptions, ExecResult, Remote } from './contract/remote.ts';
export type { System, SystemContext } from './contract/system.ts';
export type { Workload, WorkloadContext } from './contract/workload.ts';
export type {
  Context,
  FunctionContext,
  Gen,
  GenLike,
  OpSpec,
  Step,
} from './generator/generator.ts';
export * from './generator/index.ts';
export { History } from './history/history.ts';
export type { Completion, Op, OpError, OpType, Process } from './history/op.ts';
