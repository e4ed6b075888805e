// What a plan's parts make of it: the generator of the whole test, and its checkers.
import type { Checker } from '../checker/checker.ts';
import type { WorkloadContext } from '../contract/workload.ts';
import type { GenLike } from '../generator/generator.ts';
import { scheduleOf } from '../runner/schedule.ts';
import type { Plan } from './test-options.ts';

/** Names of the nodes of a cluster that the tool builds: n1, n2 … */
export const nodeNamesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `n${i + 1}`);

const workloadContext = (plan: Plan, nodes: readonly string[]): WorkloadContext => ({
  nodes,
  concurrency: plan.concurrency,
  options: plan.declared,
});

/** The generator of the whole test; throws a usage error for options that do not fit the cluster. */
export const generatorOf = (plan: Plan, nodes: readonly string[]): GenLike => {
  const context = workloadContext(plan, nodes);
  const forNemesis = { nodes, options: plan.declared, interval: plan.nemesisInterval };
  return scheduleOf({
    timeLimitSeconds: plan.timeLimitSeconds,
    rate: plan.rate,
    recoverySeconds: plan.recoverySeconds,
    load: plan.workload.generator(context),
    final: plan.workload.finalGenerator?.(context) ?? null,
    faults: plan.nemeses.map(({ nemesis }) => ({
      generator: nemesis.generator(forNemesis),
      final: nemesis.finalGenerator?.(forNemesis) ?? null,
    })),
  });
};

/** The workload's own checkers, by name. */
export const checkersOf = (plan: Plan): Readonly<Record<string, Checker>> =>
  plan.workload.checkers(workloadContext(plan, nodeNamesOf(plan.nodeCount)));
