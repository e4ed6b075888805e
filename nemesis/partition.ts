// Nemesis `partition`: cuts the network between nodes in one of several ways, and mends it, in turn.
import {
  type Completion,
  cycle,
  drawGrudge,
  type FaultControl,
  type FunctionContext,
  type GenLike,
  type Grudge,
  type GrudgeKind,
  grudgeKinds,
  leastNodesOf,
  messageOf,
  type NemesisContext,
  type NemesisPackage,
  type NemesisWorld,
  type Op,
  type OpSpec,
  OrdealError,
  once,
  partitionOf,
  primariesGrudge,
  requireNodes,
  sayGrudge,
  sleep,
  usageError,
} from 'ordeal';

/** What `start-partition` is told; primaries are found out when it strikes, everything else is drawn before. */
type Start = { readonly grudge: GrudgeKind; readonly drops?: Grudge };

const options = {
  partition: {
    type: 'string',
    describe: `How to cut: a comma list of ${grudgeKinds.join(', ')}; or all`,
    default: 'all',
  },
} as const;

const stop: OpSpec = { f: 'stop-partition' };

/** Partitions of this package that are in force, by run. */
const inForce = new WeakMap<FaultControl, Set<string>>();

export const nemesis: NemesisPackage = {
  about: 'Network partitions: some nodes no longer hear some others, for a while, again and again.',
  needs: ['firewall'],
  options,
  bands: [{ name: 'partition', start: ['start-partition'], stop: ['stop-partition'] }],
  fs: ['start-partition', 'stop-partition'],
  generator: (context) => {
    const kinds = kindsOf(context);
    const start = (now: FunctionContext): GenLike => drawStart(kinds, context.nodes, now);
    return cycle([sleep(context.interval), once(start), sleep(context.interval), stop]);
  },
  finalGenerator: () => stop,
  invoke: async (op, world, signal) => {
    try {
      return op.f === 'start-partition'
        ? await startPartition(op, world, signal)
        : await stopPartitions(world);
    } catch (cause) {
      const code = cause instanceof OrdealError ? cause.code : 'nemesis-failed';
      return { type: 'info', error: [code, messageOf(cause)] };
    }
  },
};

/** The kinds asked for; throws a usage error for unknown ones and for clusters too small to cut. */
const kindsOf = ({ options: values, nodes }: NemesisContext): readonly GrudgeKind[] => {
  const text = String(values['partition'] ?? options.partition.default);
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('all')) {
    requireNodes('one', nodes);
    return grudgeKinds.filter((kind) => leastNodesOf(kind) <= nodes.length);
  }
  return names.map((name) => {
    const kind = grudgeKinds.find((known) => known === name);
    if (kind === undefined)
      throw usageError(
        `unknown partition ${name === '' ? '(empty)' : name}`,
        `known: ${grudgeKinds.join(', ')}, all`,
      );
    requireNodes(kind, nodes);
    return kind;
  });
};

const drawStart = (
  kinds: readonly GrudgeKind[],
  nodes: readonly string[],
  { random }: FunctionContext,
): OpSpec => {
  const grudge = random.pick(kinds);
  const value: Start =
    grudge === 'primaries' ? { grudge } : { grudge, drops: drawGrudge(grudge, nodes, random) };
  return { f: 'start-partition', value };
};

const startPartition = async (
  op: Op,
  world: NemesisWorld,
  signal: AbortSignal,
): Promise<Completion> => {
  const { grudge, drops = await primariesNow(world) } = op.value as Start;
  const mine = inForce.get(world.faults) ?? new Set();
  const { refused } = world.budget?.take('partition', { cut: drops }) ?? {};
  if (refused !== undefined) return { type: 'info', error: ['budget', refused] };
  const { id, proof } = await world.faults
    .inject(partitionOf(drops), signal)
    .catch((cause: unknown) => {
      if (mine.size === 0) world.budget?.give('partition');
      throw cause;
    });
  inForce.set(world.faults, mine.add(id));
  return { type: 'info', value: { grudge, drops, says: sayGrudge(drops), fault: id, proof } };
};

const primariesNow = async ({ nodes, system, systemContext }: NemesisWorld): Promise<Grudge> => {
  const primaries = (await system.primaries?.(systemContext)) ?? [];
  return primariesGrudge(
    nodes.map((node) => node.name),
    primaries,
  );
};

const stopPartitions = async ({ faults, budget }: NemesisWorld): Promise<Completion> => {
  const mine = inForce.get(faults) ?? new Set();
  if (mine.size === 0) return { type: 'info', value: { says: 'nothing was cut' } };
  const healed = [...mine].toReversed();
  const proofs = [];
  for (const id of healed) {
    proofs.push(await faults.heal(id));
    mine.delete(id);
  }
  budget?.give('partition');
  const says = proofs.map((proof) => proof.says).join('; ');
  return { type: 'info', value: { says, faults: healed, proofs } };
};
