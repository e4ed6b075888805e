// Opens fault control over a run's nodes: every fault leased, ledgered, proven, and healed however the run ends.
import { hostname } from 'node:os';
import { assert } from '../base/assert.ts';
import { messageOf, OrdealError } from '../base/errors.ts';
import type { Fault, FaultControl, LedgerEntry, Mechanism, Proof } from '../contract/faults.ts';
import type { Node } from '../contract/node.ts';
import { Agent, onEach } from './agent.ts';
import type { FaultWorld } from './fault-world.ts';
import { LeaseKeeper } from './lease.ts';
import type { AppendLedger } from './ledger.ts';
import { strike } from './strike.ts';
import { faultsGone, heal, healAll } from './undo.ts';

/** Seconds after which a node that hears nothing of its controller heals itself. */
export const defaultLeaseSeconds = 15;

export type FaultsOptions = {
  /** Names the run on its nodes: letters, digits and `_.:+-`. */
  readonly run: string;
  readonly nodes: readonly Node[];
  readonly cluster: { readonly kind: string; readonly name: string };
  readonly mechanisms: readonly Mechanism[];
  readonly appendLedger: AppendLedger;
  /** Nanoseconds since the run began. */
  readonly now: () => number;
  readonly onEntry?: (entry: LedgerEntry) => void;
  readonly onWarning?: (message: string, node?: string) => void;
  readonly leaseSeconds?: number;
  /** Who holds the nodes, as a refused second run is told. */
  readonly owner?: string;
  /** Parent of the runs' folders on a node, `/run/ordeal` unless told. */
  readonly directoryOf?: (node: Node) => string;
};

export type Faults = FaultControl & {
  /** Capabilities that are not there, with the reason: a nemesis that `needs` one of them is refused. */
  readonly missing: ReadonlyMap<string, string>;
  /**
   * Undoes everything, proves it, and gives the nodes back. Idempotent.
   * Throws as `healAll` does, after it gave back whatever it could.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Takes the nodes for a run. Throws `node-held` (exit 4) naming the owner when another run has one of them. */
export const openFaults = async (options: FaultsOptions): Promise<Faults> => {
  const { run, nodes, cluster, mechanisms, leaseSeconds = defaultLeaseSeconds } = options;
  const owner = options.owner ?? `run ${run} (process ${process.pid} on ${hostname()})`;
  const agents = nodes.map((node) => {
    const directory = options.directoryOf?.(node);
    return new Agent({ node, run, ...(directory === undefined ? {} : { directory }) });
  });
  const record = async (entry: LedgerEntry): Promise<void> => {
    await options.appendLedger(entry);
    options.onEntry?.(entry);
  };
  await record({ type: 'run', version: 1, run, cluster, nodes: nodes.map((node) => node.name) });
  await takeNodes(agents, { leaseSeconds, owner });
  const shared = {
    nodes,
    agents: new Map(agents.map((agent) => [agent.node.name, agent])),
    mechanisms,
    missing: await prepareMechanisms(mechanisms, nodes),
    leaseSeconds,
    now: options.now,
    record,
    warn: (message: string, node?: string) => options.onWarning?.(message, node),
  };
  return control(createWorld(shared, owner));
};

/** The world with its lease: what is armed where is read from the faults in force. */
const createWorld = (
  shared: Omit<FaultWorld, 'lease' | 'faults' | 'settled' | 'striking'>,
  owner: string,
): FaultWorld => {
  const faults: FaultWorld['faults'] = new Map();
  const on = (node: string) => [...faults.values()].filter((fault) => fault.armed.has(node));
  const lease = new LeaseKeeper({
    agents: [...shared.agents.values()],
    seconds: shared.leaseSeconds,
    owner,
    armedOn: (node) => on(node).map((fault) => fault.id),
    struckOn: (node) => on(node).flatMap((fault) => (fault.struck ? [fault.id] : [])),
    onGone: (node, ids, by) => void faultsGone(world, { node, ids, by }),
    onWarning: shared.warn,
  });
  const world: FaultWorld = {
    ...shared,
    lease,
    faults,
    settled: new Map(),
    striking: new Set(),
  };
  return world;
};

const control = (world: FaultWorld): Faults => {
  let count = 0;
  let closing: Promise<void> | undefined;
  const inject = (fault: Fault, signal?: AbortSignal) => {
    assert(closing === undefined, `a ${fault.kind} after the faults were closed`);
    count++;
    // Digits enough that names sort by age, on the node as well.
    const id = `f${String(count).padStart(4, '0')}`;
    const striking = strike(world, fault, { id, ...(signal === undefined ? {} : { signal }) });
    world.striking.add(striking);
    return striking.finally(() => world.striking.delete(striking));
  };
  const close = (): Promise<void> => {
    closing ??= closeNow(world);
    return closing;
  };
  world.lease.start();
  return {
    inject,
    heal: (id): Promise<Proof> => heal(world, id),
    get active() {
      return [...world.faults.keys()];
    },
    healAll: (): Promise<Proof> => healAll(world),
    missing: world.missing,
    close,
    [Symbol.asyncDispose]: close,
  };
};

const closeNow = async (world: FaultWorld): Promise<void> => {
  try {
    await healAll(world);
  } finally {
    world.lease.stop();
    const failures = await onEach([...world.agents.values()], (agent) => agent.close());
    for (const { node, cause } of failures)
      world.warn(`not given back (${messageOf(cause)}); its lease does it`, node);
  }
};

const takeNodes = async (
  agents: readonly Agent[],
  options: { readonly leaseSeconds: number; readonly owner: string },
): Promise<void> => {
  const failures = await onEach(agents, (agent) =>
    agent.prepare(options.leaseSeconds, options.owner),
  );
  if (failures.length === 0) return;
  const failed = new Set(failures.map(({ node }) => node));
  await onEach(
    agents.filter((agent) => !failed.has(agent.node.name)),
    (agent) => agent.close(),
  );
  const held = failures.find(
    ({ cause }) => cause instanceof OrdealError && cause.code === 'node-held',
  );
  throw (held ?? failures[0])?.cause;
};

/** The capabilities that are missing, with the reason. */
const prepareMechanisms = async (
  mechanisms: readonly Mechanism[],
  nodes: readonly Node[],
): Promise<ReadonlyMap<string, string>> => {
  const missing = new Map<string, string>();
  await Promise.all(
    mechanisms.map(async (mechanism) =>
      mechanism
        .prepare?.(nodes)
        .catch((cause: unknown) => missing.set(mechanism.capability, messageOf(cause))),
    ),
  );
  return missing;
};
