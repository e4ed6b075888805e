// Who answers whose ping: the probe that proves a partition and its end.
import { messageOf } from '../base/errors.ts';
import type { Node } from '../contract/node.ts';
import { Agent } from './agent.ts';

/** Seconds in which a cut pair must stay silent. */
const silentSeconds = 1;
/** Seconds in which an open pair has to answer; it asks again every second. */
const answerSeconds = 3;

export type Reach = {
  /** The addresses of `to` that answered `from`, of those asked; undefined when `from` could not ask. */
  asked(from: Node, to: Node): { readonly answered: number; readonly of: number } | undefined;
  /** Why nodes could not ask, by node. */
  readonly mute: ReadonlyMap<string, string>;
};

export type PingOptions = {
  readonly run: string;
  readonly nodes: readonly Node[];
  /** Whether a pair is expected to stay silent (waited for less long). */
  readonly cut: (from: string, to: string) => boolean;
};

/** Pings every address of every node from every other node, all at the same time. */
export const pingAll = async ({ run, nodes, cut }: PingOptions): Promise<Reach> => {
  const answers = new Map<string, ReadonlySet<string>>();
  const mute = new Map<string, string>();
  const ask = async (from: Node): Promise<void> => {
    const targets = nodes
      .filter((to) => to !== from)
      .flatMap((to) => {
        const seconds = cut(from.name, to.name) ? silentSeconds : answerSeconds;
        return pingable(to).map((address) => ({ address, seconds }));
      });
    answers.set(from.name, await new Agent({ node: from, run }).ping(targets));
  };
  await Promise.all(
    nodes.map((node) => ask(node).catch((cause) => mute.set(node.name, messageOf(cause)))),
  );
  return {
    mute,
    asked: (from, to) => {
      const heard = answers.get(from.name);
      if (heard === undefined) return undefined;
      const addresses = pingable(to);
      const answered = addresses.filter((address) => heard.has(address)).length;
      return { answered, of: addresses.length };
    },
  };
};

/** Link-local addresses mean something on one link only; they are cut, but not asked. */
const pingable = (node: Node): readonly string[] => [
  ...new Set([node.address, ...node.addresses].filter((address) => !/^fe[89ab]/i.test(address))),
];
