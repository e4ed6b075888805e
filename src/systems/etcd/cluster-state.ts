// What the members say of themselves: who leads, who belongs to the cluster; every node asked at the same time.
import type { Node } from '../../contract/node.ts';
import {
  type CallOptions,
  closeGateway,
  type Gateway,
  gatewayOf,
  type MemberList,
  memberList,
  type Status,
  status,
} from './gateway.ts';
import { type Layout, peerUrl } from './layout.ts';

/** Milliseconds a node has to answer; one that does not is left out. */
const answerMs = 1_000;

export type Asked<T> = { readonly node: Node; readonly answer: T };

/** Opens a gateway for one call and closes it whatever happens. */
export const withGateway = async <T>(
  node: Node,
  layout: Layout,
  use: (gateway: Gateway) => Promise<T>,
): Promise<T> => {
  const gateway = gatewayOf(node.address, layout.clientPort);
  return use(gateway).finally(() => closeGateway(gateway));
};

export type View = {
  readonly nodes: readonly Node[];
  readonly layout: Layout;
  readonly signal: AbortSignal;
};

const askAll = async <T>(
  { nodes, layout, signal }: View,
  ask: (gateway: Gateway, options: CallOptions) => Promise<T>,
): Promise<readonly Asked<T>[]> => {
  const answers = await Promise.allSettled(
    nodes.map((node) =>
      withGateway(node, layout, (gateway) => ask(gateway, { timeoutMs: answerMs, signal })),
    ),
  );
  return answers.flatMap((answer, i) =>
    answer.status === 'fulfilled' ? [{ node: nodes[i] as Node, answer: answer.value }] : [],
  );
};

/** A leader cut off goes on believing in itself, in an older term: the highest term is the truth, as far as anyone knows it. */
const newest = <T extends { readonly term: bigint }>(
  answers: readonly Asked<T>[],
): Asked<T> | undefined =>
  answers.reduce<Asked<T> | undefined>(
    (best, one) => (best === undefined || one.answer.term > best.answer.term ? one : best),
    undefined,
  );

const nameOf = (view: View, peerUrls: readonly string[]): string | undefined =>
  view.nodes.find((node) => peerUrls.includes(peerUrl(node, view.layout)))?.name;

/**
 * The node that leads in the highest term anybody knows of, when it says so itself; none while there is no leader, while
 * it does not answer (killed, paused), or when nobody does.
 */
export const leaders = async (view: View): Promise<readonly string[]> => {
  const answers = (await askAll<Status>(view, status)).filter(
    ({ answer }) => answer.leader !== '0',
  );
  const leader = newest(answers)?.answer.leader;
  return answers.filter(({ answer }) => answer.self === leader).map(({ node }) => node.name);
};

/** The members as the node with the highest term sees them, by the names of the nodes; undefined when nobody answers. */
export const memberListOf = async (view: View): Promise<Asked<MemberList> | undefined> =>
  newest(await askAll<MemberList>(view, memberList));

export const memberNames = async (view: View): Promise<readonly string[]> => {
  const list = await memberListOf(view);
  const members = list?.answer.members ?? [];
  return members
    .map((member) => nameOf(view, member.peerUrls) ?? (member.name || member.id))
    .sort();
};
