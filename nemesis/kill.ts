// Nemesis `kill`: kills the system's processes with signal 9 on some nodes, and starts them again, in turn.
import {
  type Completion,
  cycle,
  drawTargets,
  type FaultControl,
  type FunctionContext,
  type GenLike,
  leastNodesFor,
  messageOf,
  type NemesisContext,
  type NemesisPackage,
  type NemesisWorld,
  type Node,
  type Op,
  type OpSpec,
  OrdealError,
  once,
  requireTargets,
  sleep,
  type TargetKind,
  targetKinds,
  usageError,
} from 'ordeal';

/** What `kill` is told; primaries are found out when it strikes, everything else is drawn before. */
type Kill = { readonly targets: TargetKind; readonly nodes?: readonly string[] };

const options = {
  kill: {
    type: 'string',
    describe: `Whom to kill: a comma list of ${targetKinds.join(', ')}; or any`,
    default: 'any',
  },
} as const;

const restart: OpSpec = { f: 'restart' };

/** Nodes whose system this package killed and has not started since, by run. */
const killed = new WeakMap<FaultControl, Set<string>>();

export const nemesis: NemesisPackage = {
  about: 'Kills the system (kill -9) on some nodes and starts it again, again and again.',
  needs: [],
  needsSystem: ['kill'],
  options,
  bands: [{ name: 'kill', start: ['kill'], stop: ['restart'] }],
  fs: ['kill', 'restart'],
  generator: (context) => {
    const kinds = kindsOf(context);
    const kill = (now: FunctionContext): GenLike => drawKill(kinds, context.nodes, now);
    return cycle([sleep(context.interval), once(kill), sleep(context.interval), restart]);
  },
  finalGenerator: () => restart,
  restore: async (world) => {
    if ((killed.get(world.faults)?.size ?? 0) === 0) return;
    await startAll(world);
    world.budget?.give('kill');
  },
  invoke: async (op, world, signal) => {
    try {
      return op.f === 'kill' ? await kill(op, world) : await restartAll(world, signal);
    } catch (cause) {
      const code = cause instanceof OrdealError ? cause.code : 'nemesis-failed';
      return { type: 'info', error: [code, messageOf(cause)] };
    }
  },
};

/** The kinds asked for; throws a usage error for unknown ones and for clusters too small for them. */
const kindsOf = ({ options: values, nodes }: NemesisContext): readonly TargetKind[] => {
  const names = String(values['kill'] ?? options.kill.default)
    .split(',')
    .map((name) => name.trim());
  if (names.includes('any'))
    return targetKinds.filter((kind) => leastNodesFor(kind) <= nodes.length);
  return names.map((name) => {
    const kind = targetKinds.find((known) => known === name);
    if (kind === undefined)
      throw usageError(
        `unknown targets ${name === '' ? '(empty)' : name}`,
        `known: ${targetKinds.join(', ')}, any`,
      );
    requireTargets(kind, nodes);
    return kind;
  });
};

const drawKill = (
  kinds: readonly TargetKind[],
  nodes: readonly string[],
  { random }: FunctionContext,
): OpSpec => {
  const targets = random.pick(kinds);
  const value: Kill =
    targets === 'primaries' ? { targets } : { targets, nodes: drawTargets(targets, nodes, random) };
  return { f: 'kill', value };
};

/** Does it on all nodes at once; waits for all, then throws the first failure. */
const onEach = async (
  nodes: readonly Node[],
  act: (node: Node) => Promise<void> | undefined,
): Promise<void> => {
  const ends = await Promise.allSettled(nodes.map(async (node) => act(node)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
};

const kill = async (op: Op, world: NemesisWorld): Promise<Completion> => {
  const { system, systemContext } = world;
  const { targets, nodes: drawn } = op.value as Kill;
  const names = drawn ?? (await system.primaries?.(systemContext)) ?? [];
  if (names.length === 0)
    return { type: 'info', error: ['empty-target-set', 'no primary is known'] };
  const { granted, refused } = world.budget?.takeNodes('kill', names) ?? { granted: names };
  const nodes = world.nodes.filter(({ name }) => granted.includes(name));
  if (nodes.length === 0) return { type: 'info', error: ['budget', refused ?? 'no such node'] };
  const mine = killed.get(world.faults) ?? new Set();
  killed.set(world.faults, mine);
  for (const { name } of nodes) mine.add(name);
  await onEach(nodes, async (node) => {
    await system.kill?.(node, systemContext);
    systemContext.log('killed', node.name);
  });
  const hit = nodes.map(({ name }) => name);
  const spared = refused === undefined ? {} : { spared: refused };
  return {
    type: 'info',
    value: { targets, nodes: hit, says: `${hit.join(', ')} killed`, ...spared },
  };
};

/** Seconds that a restarted system has to serve again before the schedule goes on; behind a partition it may not. */
const serveSeconds = 10;

/** The nodes whose system serves; waits for it. */
const serving = async (
  nodes: readonly Node[],
  { system, systemContext }: NemesisWorld,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const limit = AbortSignal.timeout(serveSeconds * 1_000);
  const context = { ...systemContext, signal: AbortSignal.any([signal, limit]) };
  const ends = await Promise.allSettled(nodes.map(async (node) => system.ready?.(node, context)));
  return nodes.flatMap(({ name }, i) => (ends[i]?.status === 'fulfilled' ? [name] : []));
};

/** Starts the system on every node: where it runs, nothing happens. Resolves with those that had been killed. */
const startAll = async ({
  nodes,
  system,
  systemContext,
  faults,
}: NemesisWorld): Promise<readonly Node[]> => {
  await onEach(nodes, (node) => system.start(node, systemContext));
  const started = nodes.filter(({ name }) => killed.get(faults)?.has(name));
  killed.delete(faults);
  return started;
};

const restartAll = async (world: NemesisWorld, signal: AbortSignal): Promise<Completion> => {
  const started = await startAll(world);
  const serves = await serving(started, world, signal);
  world.budget?.give('kill');
  if (started.length === 0) return { type: 'info', value: { says: 'nothing was killed' } };
  const { log } = world.systemContext;
  for (const { name } of started)
    log(serves.includes(name) ? 'serves again' : 'started, does not serve yet', name);
  const names = started.map(({ name }) => name);
  const late = names.filter((name) => !serves.includes(name));
  const waits = late.length === 0 ? '' : `; ${late.join(', ')} not serving yet`;
  return { type: 'info', value: { says: `${names.join(', ')} started${waits}`, nodes: names } };
};
