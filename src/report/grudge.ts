// Says in words who no longer hears whom.
import type { Fault, Grudge } from '../contract/faults.ts';

const isGrudge = (value: unknown): value is Grudge =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).length > 0 &&
  Object.values(value).every(
    (from) => Array.isArray(from) && from.every((node) => typeof node === 'string'),
  );

/** The grudge among a fault's parameters, if it has one. */
export const grudgeOf = (fault: Fault): Grudge | undefined =>
  Object.values(fault).find((value) => isGrudge(value));

/** Whether `hearer` drops what `speaker` sends. */
export const isCut = (grudge: Grudge, hearer: string, speaker: string): boolean =>
  Object.hasOwn(grudge, hearer) && (grudge[hearer]?.includes(speaker) ?? false);

const isSymmetric = (grudge: Grudge, nodes: readonly string[]): boolean =>
  nodes.every((a) => nodes.every((b) => isCut(grudge, a, b) === isCut(grudge, b, a)));

/** The sides of a clean split: groups that hear everyone inside and nobody outside; undefined for anything else. */
const sidesOf = (
  grudge: Grudge,
  nodes: readonly string[],
): readonly (readonly string[])[] | undefined => {
  if (!isSymmetric(grudge, nodes)) return undefined;
  const sides = new Map<string, string[]>();
  for (const node of nodes) {
    const heard = nodes.filter((other) => !isCut(grudge, node, other));
    const name = heard.join('\0');
    sides.set(name, [...(sides.get(name) ?? []), node]);
  }
  const clean = [...sides].every(([heard, members]) => heard === members.join('\0'));
  return clean && sides.size > 1 ? [...sides.values()] : undefined;
};

/** Nodes that are deaf to the same others, in one sentence each. */
const deafnesses = (grudge: Grudge, nodes: readonly string[]): readonly string[] => {
  const groups = new Map<string, string[]>();
  for (const node of nodes) {
    const unheard = nodes.filter((other) => other !== node && isCut(grudge, node, other)).join(' ');
    if (unheard !== '') groups.set(unheard, [...(groups.get(unheard) ?? []), node]);
  }
  return [...groups].map(
    ([unheard, deaf]) => `${deaf.join(' ')} ${deaf.length === 1 ? 'hears' : 'hear'} no ${unheard}`,
  );
};

/** `n1 n2 | n3 n4 n5` for a clean split, else who does not hear whom. Nodes are named in the order given. */
export const describeGrudge = (grudge: Grudge, nodes: readonly string[]): string => {
  const uncut = nodes.filter((a) => !nodes.some((b) => isCut(grudge, a, b) || isCut(grudge, b, a)));
  const sides = sidesOf(
    grudge,
    nodes.filter((node) => !uncut.includes(node)),
  );
  if (sides !== undefined) {
    const split = sides.map((side) => side.join(' ')).join(' | ');
    if (uncut.length === 0) return split;
    return `${split}, ${uncut.join(' ')} ${uncut.length === 1 ? 'hears' : 'hear'} all`;
  }
  const said = deafnesses(grudge, nodes);
  if (said.length === 0) return 'nobody is cut off';
  return said.join('; ') + (isSymmetric(grudge, nodes) ? '' : ' (one way)');
};
