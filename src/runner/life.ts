// The life of a test, from installing the system to its teardown; however it ends, the order at the end is the same.
import { infrastructureError, messageOf, OrdealError } from '../base/errors.ts';
import type { FaultBudget } from '../contract/budget.ts';
import type { Client } from '../contract/client.ts';
import type { Phase, RunEvent } from '../contract/events.ts';
import type { FaultControl } from '../contract/faults.ts';
import type { Journal } from '../contract/journal.ts';
import type { NemesisPackage, NemesisWorld } from '../contract/nemesis.ts';
import type { Node } from '../contract/node.ts';
import type { System, SystemContext } from '../contract/system.ts';
import type { Completion, Op } from '../history/op.ts';
import { downloadLogs } from './logs.ts';
import { onEveryNode, tryEveryNode } from './nodes.ts';
import { within } from './within.ts';

/** Everything a run is made of; the runner itself knows no files, no SSH and no cluster. */
export type Life = {
  readonly nodes: readonly Node[];
  readonly system: System;
  readonly systemContext: SystemContext;
  /** A prototype: `open` makes the connected ones. */
  readonly client: Client;
  readonly nemeses: readonly NemesisPackage[];
  readonly faults: FaultControl;
  /** What the nemeses may break together; absent: no limit. */
  readonly budget?: FaultBudget;
  readonly journal: Journal;
  readonly emit: (event: RunEvent) => void;
  readonly interrupt: AbortSignal;
  /** Folder for the nodes' logs, one folder a node. */
  readonly logsFolder: string;
  /** Longest time for one step of a system on a node, 600,000 ms unless told: installing may download. */
  readonly systemMs?: number;
  /** Longest time for a client's open, setup, teardown and close, and for a package's restore; 60,000 ms unless told. */
  readonly clientMs?: number;
  /** Leave the system running. */
  readonly keep: boolean;
  /** Runs the operations: the interpreter's real-time shell, handed its generator, clock and journal by the caller. */
  readonly perform: (parts: Performance) => Promise<{ readonly interrupted: boolean }>;
};

/** What the interpreter is handed by a life. */
export type Performance = {
  readonly openClient: (thread: number) => Promise<Client>;
  readonly invokeNemesis: (op: Op, signal: AbortSignal) => Promise<Completion>;
};

/** How it ended, apart from what the checkers will say. */
export type Ending = {
  /** What went wrong, the first cause first. */
  readonly failures: readonly OrdealError[];
  readonly healed: boolean;
  readonly interrupted: boolean;
};

const enter = (life: Life, phase: Phase): void => life.emit({ type: 'phase', phase });

/** Puts a deadline on a step of the system: what hangs for ever must not keep a run from ending. */
const limitOf =
  ({ systemMs = 600_000 }: Life) =>
  async (what: string, step: Promise<void> | undefined): Promise<void> => {
    if (step !== undefined) await within(systemMs, what, step);
  };

/** Removes what an earlier run left, installs, starts, and waits until every node serves. */
const prepare = async (life: Life): Promise<void> => {
  const { nodes, system, systemContext: context } = life;
  enter(life, 'install');
  const limited = limitOf(life);
  await onEveryNode(nodes, async (node) => {
    await limited('install', system.install?.(node, context));
    await limited('stop', (system.kill ?? system.stop)?.(node, context));
    await limited('wipe', system.wipe?.(node, context));
  });
  await onEveryNode(nodes, (node) => limited('start', system.start(node, context)));
  await onEveryNode(nodes, async (node) => {
    await limited('ready', system.ready?.(node, context));
    life.emit({ type: 'progress', message: 'serves', node: node.name });
  });
};

/** Once a node: what the clients need before the first operation, such as a table, or its removal. */
const eachClient = async (life: Life, what: 'setup' | 'teardown'): Promise<void> => {
  if (!life.client[what]) return;
  const prepareOn = async (node: Node): Promise<void> => {
    const client = await life.client.open(node);
    await client[what]?.().finally(() => client.close?.());
  };
  for (const node of life.nodes)
    await within(life.clientMs ?? clientMs, `${node.name}: client ${what}`, prepareOn(node));
};

const worldOf = ({ nodes, faults, budget, system, systemContext }: Life): NemesisWorld => ({
  nodes,
  faults,
  ...(budget === undefined ? {} : { budget }),
  system,
  systemContext,
});

/** Hands each fault operation to the package that knows its `f`. */
const nemesisOf = (life: Life): Performance['invokeNemesis'] => {
  const world = worldOf(life);
  const owners = new Map(life.nemeses.flatMap((nemesis) => nemesis.fs.map((f) => [f, nemesis])));
  return (op, signal) => {
    const owner = owners.get(op.f);
    if (!owner) throw new Error(`no nemesis understands '${op.f}'`);
    return owner.invoke(op, world, signal);
  };
};

const perform = async (life: Life): Promise<boolean> => {
  await eachClient(life, 'setup');
  enter(life, 'run');
  const { interrupted } = await life.perform({
    // Worker i talks to node i mod n, as Jepsen's do: every node is asked by the same number of clients.
    openClient: (thread) => life.client.open(life.nodes[thread % life.nodes.length] as Node),
    invokeNemesis: nemesisOf(life),
  });
  return interrupted;
};

const asOrdealError = (thrown: unknown, code: string): OrdealError =>
  thrown instanceof OrdealError
    ? thrown
    : infrastructureError(messageOf(thrown), { code, cause: thrown });

/** Lets every package put back what it broke by itself, also after an interrupt. */
const restore = async (life: Life, failures: OrdealError[]): Promise<boolean> => {
  const ms = life.clientMs ?? clientMs;
  const systemContext = { ...life.systemContext, signal: AbortSignal.timeout(ms) };
  const world = { ...worldOf(life), systemContext };
  const before = failures.length;
  for (const nemesis of life.nemeses)
    await within(ms, 'putting back what a nemesis broke', nemesis.restore?.(world) ?? done).catch(
      (thrown: unknown) => {
        failures.push(asOrdealError(thrown, 'not-healed'));
      },
    );
  return failures.length === before;
};

const clientMs = 60_000;
const done = Promise.resolve();

/** Heals and proves it. What stays broken is a failure of its own exit code, told by `healed`. */
const heal = async (life: Life, failures: OrdealError[]): Promise<boolean> => {
  enter(life, 'heal');
  try {
    const proof = await life.faults.healAll();
    life.emit({ type: 'progress', message: `healed: ${proof.says}` });
    return (await restore(life, failures)) && proof.holds !== false;
  } catch (thrown) {
    failures.push(asOrdealError(thrown, 'not-healed'));
    await restore(life, failures);
    return false;
  }
};

const fetchLogs = async (life: Life, warn: (error: OrdealError) => void): Promise<void> => {
  enter(life, 'logs');
  const { nodes, system, systemContext: context, logsFolder: folder } = life;
  for (const error of await downloadLogs({ nodes, system, context, folder })) warn(error);
};

const tearDown = async (life: Life, warn: (error: OrdealError) => void): Promise<void> => {
  if (life.keep) return;
  enter(life, 'teardown');
  const limited = limitOf(life);
  const { nodes, system, systemContext: context } = life;
  for (const error of await tryEveryNode(nodes, async (node) => {
    await limited('stop', (system.kill ?? system.stop)?.(node, context));
    await limited('wipe', system.wipe?.(node, context));
  }))
    warn(error);
};

/**
 * Runs a test up to its analysis: prepare, perform, then, however that went: close the history, heal, prove it,
 * fetch logs, tear down. A later step never costs an earlier one's outcome, and no failure here costs the verdict.
 */
export const live = async (life: Life): Promise<Ending> => {
  const failures: OrdealError[] = [];
  let interrupted = false;
  const guard = async (code: string, step: () => Promise<void>): Promise<void> => {
    await step().catch((thrown: unknown) => {
      if (life.interrupt.aborted) interrupted = true;
      else failures.push(asOrdealError(thrown, code));
    });
  };
  // A node that cannot be reached at the end may hold a fault that only its lease can heal: it is not a mere warning.
  const lost = (error: OrdealError): void => {
    life.emit({ type: 'warning', message: error.message });
    if (!life.interrupt.aborted) failures.push(error);
  };

  await guard('prepare-failed', async () => {
    await prepare(life);
    interrupted = await perform(life);
  });
  await guard('journal-failed', () => life.journal.close());
  const healed = await heal(life, failures);
  await guard('client-teardown-failed', () => eachClient(life, 'teardown'));
  await guard('logs-failed', () => fetchLogs(life, lost));
  await guard('teardown-failed', () => tearDown(life, lost));
  return { failures, healed, interrupted: interrupted || life.interrupt.aborted };
};
