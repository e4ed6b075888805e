// The part of a run that needs nodes: cluster up, faults leased, the life of the test, cluster down.
import { cpus, release, totalmem } from 'node:os';
import { pathToFileURL } from 'node:url';
import { infrastructureError, messageOf } from '../base/errors.ts';
import { fork, rngOf } from '../base/random.ts';
import { providerOf } from '../cluster/providers.ts';
import type { Client } from '../contract/client.ts';
import type { Cluster } from '../contract/cluster.ts';
import type { RunEvent } from '../contract/events.ts';
import type { SystemContext } from '../contract/system.ts';
import type { TestRecord } from '../contract/test-record.ts';
import { distortionOf } from '../contract/timing.ts';
import { openBudget } from '../faults/budget.ts';
import { partitionMechanism } from '../faults/firewall.ts';
import { type Faults, openFaults } from '../faults/injector.ts';
import type { GenLike } from '../generator/generator.ts';
import { type ClientWorkers, openClientWorkers } from '../runner/client-workers.ts';
import { type Ending, type Life, live } from '../runner/life.ts';
import { perform, type RunClock, startClock } from '../runner/perform.ts';
import { nemesisThreadsFor } from '../runner/schedule.ts';
import { openJournal } from '../store/journal.ts';
import { appendLedger } from '../store/ledger.ts';
import { writeTest } from '../store/records.ts';
import type { Run } from '../store/run-folder.ts';
import type { Interrupt } from './interrupt.ts';
import { isBundled } from './registry.ts';
import type { Plan } from './test-options.ts';
import { commitText, versionText } from './version.ts';

/** Time zero is when the operations begin; what happens before is on the way there. */
type RestartableClock = RunClock & { restart(): void };

const restartableClock = (): RestartableClock => {
  let clock = startClock();
  return {
    now: () => clock.now(),
    restart: () => {
      clock = startClock();
    },
  };
};

export type ClusterRun = {
  readonly plan: Plan;
  readonly run: Run;
  readonly repeat: string;
  readonly generator: GenLike;
  readonly emit: (event: RunEvent) => void;
  readonly interrupt: Interrupt;
};

/** `test.json` as far as it is known before the system is installed. */
const recordOf = (
  { plan, run, repeat }: ClusterRun,
  cluster: Cluster | undefined,
  version = 'unknown',
): TestRecord => {
  const commit = commitText();
  return {
    version: 1,
    name: plan.name,
    seed: plan.seed,
    startedAt: new Date().toISOString(),
    repeat,
    workload: plan.workloadName,
    nemeses: plan.nemeses.map(({ name }) => name),
    system: { name: plan.systemName, version },
    cluster: { kind: plan.clusterKind, name: cluster?.name ?? run.id },
    nodes: (cluster?.nodes ?? []).map(({ name, address }) => ({ name, address })),
    concurrency: plan.concurrency,
    timeLimitSeconds: plan.timeLimitSeconds,
    options: {
      ...plan.declared,
      nodes: plan.nodeCount,
      rate: plan.rate,
      'nemesis-interval': plan.nemesisInterval,
      'client-workers': plan.clientWorkers,
      'max-faulty': plan.maxFaulty ?? 'minority together',
      ...(isBundled('workload', plan.workloadName) ? {} : { 'workload-file': plan.workloadFile }),
      recovery: plan.recoverySeconds,
      deadline: plan.deadlineMs / 1000,
    },
    bands: plan.nemeses.flatMap(({ nemesis }) => nemesis.bands),
    environment: {
      ordeal: versionText(),
      ...(commit === undefined ? {} : { commit }),
      node: process.version,
      kernel: release(),
      cpus: cpus().length,
      memoryMiB: Math.round(totalmem() / 2 ** 20),
    },
  };
};

const openCluster = async ({ plan, emit, interrupt }: ClusterRun): Promise<Cluster> => {
  emit({ type: 'phase', phase: 'provision' });
  const provider = providerOf(plan.clusterKind);
  if (plan.clusterName !== undefined) return provider.attach(plan.clusterName);
  return provider.up({
    name: `run-${process.pid.toString(36)}-${Date.now().toString(36).slice(-5)}`,
    nodeCount: plan.nodeCount,
    onProgress: (message) => emit({ type: 'progress', message }),
    signal: interrupt.signal,
  });
};

/** A nemesis that needs what these nodes do not have is refused, with the reason. */
const requireCapabilities = (plan: Plan, faults: Faults): void => {
  for (const { name, nemesis } of plan.nemeses)
    for (const need of nemesis.needs) {
      const reason = faults.missing.get(need);
      if (reason === undefined) continue;
      throw infrastructureError(`nemesis ${name} needs ${need}: ${reason}`, {
        code: 'missing-capability',
        hint: 'ordeal doctor tells what this machine can do',
      });
    }
};

const openFaultControl = (
  options: ClusterRun & { cluster: Cluster; clock: RunClock },
): Promise<Faults> => {
  const { run, cluster, clock, emit } = options;
  const { nodes, controllerAddresses, kind, name } = cluster;
  return openFaults({
    run: run.id,
    nodes,
    cluster: { kind, name },
    mechanisms: [partitionMechanism({ run: run.id, controllerAddresses })],
    appendLedger: (entry) => appendLedger(run, entry),
    now: () => clock.now(),
    onEntry: (entry) => emit({ type: 'fault', entry }),
    onWarning: (message, node) =>
      emit({ type: 'warning', message, ...(node === undefined ? {} : { node }) }),
  });
};

const contextOf = ({ plan, emit, interrupt }: ClusterRun, { nodes }: Cluster): SystemContext => ({
  nodes,
  options: plan.declared,
  log: (message, node) =>
    emit({ type: 'progress', message, ...(node === undefined ? {} : { node }) }),
  signal: interrupt.signal,
});

const warnOfStray = (emit: ClusterRun['emit'], thrown: unknown): void =>
  emit({ type: 'warning', message: `thrown outside of any operation: ${messageOf(thrown)}` });

/** The clients' prototype: here, or in threads of their own. */
const openClients = (options: ClusterRun & { cluster: Cluster }): ClientWorkers => {
  const { plan, cluster, emit, interrupt } = options;
  const context = contextOf(options, cluster);
  const prototype = plan.system.clients[plan.workload.vocabulary]?.(context);
  if (!prototype) throw new Error(`no client for ${plan.workload.vocabulary}`); // loadParts refused that before
  if (plan.clientWorkers === 0) return { client: prototype, close: async () => undefined };
  return openClientWorkers({
    count: plan.clientWorkers,
    data: {
      system: pathToFileURL(plan.systemFile).href,
      vocabulary: plan.workload.vocabulary,
      nodes: cluster.nodes.map(({ name, address, addresses }) => ({ name, address, addresses })),
      options: plan.declared,
    },
    prototype,
    onLog: context.log,
    onStray: (message) => warnOfStray(emit, message),
    signal: interrupt.signal,
  });
};

const lifeOf = (
  options: ClusterRun & {
    cluster: Cluster;
    clock: RestartableClock;
    faults: Faults;
    client: Client;
  },
): Life => {
  const { plan, run, generator, emit, interrupt, cluster, clock, faults, client } = options;
  const { nodes } = cluster;
  const systemContext = contextOf(options, cluster);
  const journal = openJournal(run);
  return {
    nodes,
    system: plan.system,
    systemContext,
    client,
    nemeses: plan.nemeses.map(({ nemesis }) => nemesis),
    faults,
    budget: openBudget(
      nodes.map((node) => node.name),
      plan.maxFaulty,
    ),
    journal,
    emit,
    interrupt: interrupt.signal,
    logsFolder: `${run.folder}/nodes`,
    keep: plan.keep,
    perform: async (parts) => {
      const version = await plan.system.version?.(nodes[0]!, systemContext);
      const record = recordOf(options, cluster, version);
      await writeTest(run, record);
      clock.restart();
      const performed = await perform({
        ...parts,
        generator,
        concurrency: plan.concurrency,
        nemesisThreads: nemesisThreadsFor(plan.nemeses.length),
        deadlineMs: plan.deadlineMs,
        journal,
        clock,
        rng: fork(rngOf(plan.seed), 'generator'),
        onOp: (op) => emit({ type: 'op', op }),
        onLog: (message) => emit({ type: 'progress', message }),
        onStray: (thrown) => warnOfStray(emit, thrown),
        signal: interrupt.signal,
      });
      const { timing } = performed;
      const distortion = distortionOf(timing);
      if (distortion !== undefined) emit({ type: 'warning', message: distortion });
      await writeTest(run, { ...record, timing });
      return performed;
    },
  };
};

/** Gives the nodes back; what cannot be undone is told by the ending, never thrown past it. */
const closeFaults = async (faults: Faults, ending: Ending): Promise<Ending> => {
  try {
    await faults.close();
    return ending;
  } catch (thrown) {
    const failure = infrastructureError(messageOf(thrown), { code: 'not-healed', cause: thrown });
    return { ...ending, healed: false, failures: [...ending.failures, failure] };
  }
};

const liveOnCluster = async (options: ClusterRun & { cluster: Cluster }): Promise<Ending> => {
  const { plan, run, cluster, interrupt } = options;
  const clock = restartableClock();
  await writeTest(run, recordOf(options, cluster));
  const faults = await openFaultControl({ ...options, clock });
  interrupt.manual = `Heal by hand: npx ordeal heal ${run.folder}${plan.clusterName === undefined ? `; npx ordeal cluster down ${cluster.name}` : ''}`;
  let ending: Ending = { failures: [], healed: true, interrupted: false };
  try {
    requireCapabilities(plan, faults);
    const clients = openClients(options);
    try {
      ending = await live(lifeOf({ ...options, clock, faults, client: clients.client }));
    } finally {
      await clients.close();
    }
  } finally {
    ending = await closeFaults(faults, ending);
  }
  return ending;
};

/** Brings nodes up, lives the test on them, puts them away. Throws for what went wrong before the life began. */
export const runOnCluster = async (options: ClusterRun): Promise<Ending> => {
  const { plan, run, emit } = options;
  await writeTest(run, recordOf(options, undefined));
  const cluster = await openCluster(options);
  try {
    return await liveOnCluster({ ...options, cluster });
  } finally {
    const leave = plan.keep || plan.clusterName !== undefined;
    await (leave ? cluster.close() : cluster.down()).catch((thrown: unknown) =>
      emit({ type: 'warning', message: `cluster ${cluster.name}: ${messageOf(thrown)}` }),
    );
    if (plan.keep && plan.clusterName === undefined)
      emit({
        type: 'progress',
        message: `cluster ${cluster.name} is left up: ordeal cluster down ${cluster.name}`,
      });
  }
};
