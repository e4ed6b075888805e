// Turns pings and rule counters into the proof that a partition holds, or that nothing of it is left.
import type { Plan, Proof } from '../contract/faults.ts';
import type { Node } from '../contract/node.ts';
import { type Cut, cutsOf } from './grudge.ts';
import { grudgeOf, partitionKind } from './partition-fault.ts';
import { pingAll, type Reach } from './reachability.ts';

export type Scene = {
  readonly run: string;
  readonly plan: Plan;
  readonly nodes: readonly Node[];
  /** Plans in force beside this one. */
  readonly others: readonly Plan[];
};
/** Packets a hearer's rules of this plan dropped, by speaker's node name; undefined: its rules are not there. */
export type ReadDrops = (hearer: Node) => Promise<ReadonlyMap<string, number> | undefined>;

/** Ordered pairs: `from` pings `to`; a ping needs both ways, so a cut in either silences the pair. */
type Pair = { readonly from: Node; readonly to: Node };

const pairsOf = (nodes: readonly Node[]): readonly Pair[] =>
  nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })));

const severed = (cuts: readonly Cut[]) => {
  const keys = new Set(
    cuts.flatMap((c) => [`${c.hearer} ${c.speaker}`, `${c.speaker} ${c.hearer}`]),
  );
  return (from: string, to: string): boolean => keys.has(`${from} ${to}`);
};

const cutsInForce = (plans: readonly Plan[]): readonly Cut[] =>
  plans
    .filter((plan) => plan.fault.kind === partitionKind)
    .flatMap((plan) => cutsOf(grudgeOf(plan.fault)));

const namePairs = (pairs: readonly Pair[]): readonly string[] =>
  pairs.map(({ from, to }) => `${from.name}→${to.name}`);

const muteSays = (reach: Reach): string =>
  [...reach.mute].map(([node, why]) => `; ${node} could not ask: ${why}`).join('');

/** Cut pairs must be silent, and the rules must have met packets; open pairs are counted beside them. */
export const proveCut = async (scene: Scene, readDrops: ReadDrops): Promise<Proof> => {
  const cuts = cutsInForce([scene.plan]);
  const ours = severed(cuts);
  const theirs = cutsInForce(scene.others);
  const any = severed([...cuts, ...theirs]);
  const reach = await pingAll({ run: scene.run, nodes: scene.nodes, cut: any });
  const answers = ({ from, to }: Pair): boolean => (reach.asked(from, to)?.answered ?? 0) > 0;
  const asked = pairsOf(scene.nodes).filter(({ from, to }) => reach.asked(from, to) !== undefined);
  const cut = asked.filter(({ from, to }) => ours(from.name, to.name));
  const open = asked.filter(({ from, to }) => !any(from.name, to.name));
  const leaks = cut.filter(answers);
  const answering = open.filter(answers);
  const drops = await countDrops(scene, readDrops);
  // A pair that another partition cuts as well may never show a packet to the rules of this one.
  const elsewhere = new Set(theirs.map(keyOf));
  const unseen = cuts.filter((c) => !((drops[keyOf(c)] ?? 0) > 0) && !elsewhere.has(keyOf(c)));
  const counted = Object.values(drops).reduce((sum, packets) => sum + packets, 0);
  const says =
    `${cut.length - leaks.length} of ${cut.length} cut pairs silent, ` +
    `${answering.length} of ${open.length} others answer, ${counted} packets dropped` +
    (unseen.length === 0 ? '' : `; no packet yet for ${unseen.map(keyOf).join(', ')}`) +
    muteSays(reach);
  return {
    holds: leaks.length > 0 ? false : cut.length > 0 && unseen.length === 0 ? true : undefined,
    says,
    detail: {
      leaks: namePairs(leaks),
      unanswered: namePairs(open.filter((pair) => !answers(pair))),
      drops,
    },
  };
};

const keyOf = ({ hearer, speaker }: Cut): string => `${hearer}←${speaker}`;

const countDrops = async (
  { plan, nodes }: Scene,
  readDrops: ReadDrops,
): Promise<{ readonly [cut: string]: number }> => {
  const cuts = cutsInForce([plan]);
  const hearers = nodes.filter((node) => plan.nodes[node.name] !== undefined);
  const rows = await Promise.all(
    hearers.map(async (hearer) => {
      const drops = await readDrops(hearer).catch(() => undefined);
      return cuts
        .filter((cut) => cut.hearer === hearer.name)
        .map((cut) => [keyOf(cut), drops?.get(cut.speaker) ?? 0] as const);
    }),
  );
  return Object.fromEntries(rows.flat());
};

/** The rules must be gone, and every pair that was cut must answer again (unless another partition still cuts it). */
export const proveOpen = async (scene: Scene, readDrops: ReadDrops): Promise<Proof> => {
  const { plan, nodes, others } = scene;
  const ours = severed(cutsInForce([plan]));
  const theirs = severed(cutsInForce(others));
  const [reach, rules] = await Promise.all([
    pingAll({ run: scene.run, nodes, cut: theirs }),
    readRules(scene, readDrops),
  ]);
  const pairs = pairsOf(nodes).filter(
    ({ from, to }) => ours(from.name, to.name) && !theirs(from.name, to.name),
  );
  // Where the rules themselves could not be read, every address has to answer; otherwise one does.
  const knownGone = (pair: Pair): boolean =>
    !rules.unread.has(pair.from) && !rules.unread.has(pair.to);
  const answers = (pair: Pair): boolean => {
    const asked = reach.asked(pair.from, pair.to);
    return (
      asked !== undefined && (knownGone(pair) ? asked.answered > 0 : asked.answered === asked.of)
    );
  };
  const open = (pair: Pair): boolean => answers(pair) || answers({ from: pair.to, to: pair.from });
  const silent = pairs.filter((pair) => !open(pair));
  // A silent pair accuses us only when both ends are alive to speak and nothing else is broken on purpose.
  const excused = (pair: Pair): boolean =>
    reach.mute.has(pair.from.name) || reach.mute.has(pair.to.name) || others.length > 0;
  const guilty = silent.filter((pair) => !excused(pair));
  const says = [
    rules.left.length === 0
      ? `rules gone on ${rules.gone} of ${rules.gone + rules.unread.size} nodes`
      : `rules still on ${rules.left.join(', ')}`,
    `${pairs.length - silent.length} of ${pairs.length} pairs answer again`,
    ...(silent.length === 0 ? [] : [`silent: ${namePairs(silent).join(', ')}`]),
  ].join(', ');
  const broken = rules.left.length > 0 || guilty.length > 0;
  return {
    holds: broken ? false : silent.length === 0 ? true : undefined,
    says: says + muteSays(reach),
    detail: { rulesLeft: rules.left, silent: namePairs(silent) },
  };
};

type RulesFound = {
  readonly gone: number;
  readonly left: readonly string[];
  readonly unread: ReadonlySet<Node>;
};

const readRules = async ({ plan, nodes }: Scene, readDrops: ReadDrops): Promise<RulesFound> => {
  const ours = nodes.filter((node) => plan.nodes[node.name] !== undefined);
  const left: string[] = [];
  const unread = new Set<Node>();
  await Promise.all(
    ours.map(async (node) => {
      try {
        if ((await readDrops(node)) !== undefined) left.push(node.name);
      } catch {
        unread.add(node); // said by the pings: a node that cannot be read cannot ask either
      }
    }),
  );
  return { gone: ours.length - left.length - unread.size, left: left.sort(), unread };
};
