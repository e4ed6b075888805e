// The majorities ring: every node hears a majority of the nodes, and no two nodes hear the same one.
import type { Random } from '../base/random.ts';
import type { Grudge } from '../contract/faults.ts';

/** Up to this many nodes the ring is exact; above, links are drawn until every node has a majority. */
const exactMax = 5;
/** Draws before a large ring is built without chance instead. */
const drawsMax = 20;

/**
 * Who hears whom (always both ways, or no connection could live): for each node a majority that contains it.
 * `nodes` is the order around the ring, at least three.
 */
export const majoritiesRing = (nodes: readonly string[], random: Random): Grudge => {
  // Three on a ring all hear each other: an open chain is the only symmetric answer.
  if (nodes.length === 3) return hearing(nodes, (i, j) => Math.abs(i - j) <= 1);
  if (nodes.length <= exactMax) return exactRing(nodes);
  for (let draw = 0; draw < drawsMax; draw++) {
    const links = drawLinks(nodes.length, random);
    const distinct = new Set(links.map((heard) => [...heard].sort((a, b) => a - b).join()));
    if (distinct.size === nodes.length) return hearing(nodes, (i, j) => links[i]!.has(j));
  }
  return exactRing(nodes);
};

/** Each hears the nearest neighbours on both sides, as many as a majority takes. */
const exactRing = (nodes: readonly string[]): Grudge => {
  const count = nodes.length;
  const reach = Math.ceil(Math.floor(count / 2) / 2);
  return hearing(nodes, (i, j) => {
    const distance = Math.abs(i - j);
    return Math.min(distance, count - distance) <= reach;
  });
};

/** Links two of the least connected nodes, again and again, until every node hears a majority. */
const drawLinks = (count: number, random: Random): readonly ReadonlySet<number>[] => {
  const majority = Math.floor(count / 2) + 1;
  const heard = Array.from({ length: count }, (_, node) => new Set([node]));
  const size = (node: number): number => heard[node]!.size;
  for (;;) {
    const byNeed = random.shuffle(heard.map((_, node) => node)).sort((a, b) => size(a) - size(b));
    const node = byNeed[0]!;
    if (size(node) >= majority) return heard;
    const partner = byNeed.find((other) => !heard[node]!.has(other))!;
    heard[node]!.add(partner);
    heard[partner]!.add(node);
  }
};

const hearing = (nodes: readonly string[], hears: (i: number, j: number) => boolean): Grudge =>
  Object.fromEntries(
    nodes.map((node, i) => [node, nodes.filter((_, j) => i === j || hears(i, j))]),
  );
