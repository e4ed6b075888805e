// How a member without data starts: as part of a new cluster, or again in a cluster that lost it.
import { setTimeout as sleep } from 'node:timers/promises';
import { infrastructureError, messageOf } from '../../base/errors.ts';
import type { Node } from '../../contract/node.ts';
import { type Asked, memberListOf, type View, withGateway } from './cluster-state.ts';
import { addMember, type Member, type MemberList, removeMember } from './gateway.ts';
import { type Bootstrap, type Layout, newCluster, peerUrl } from './layout.ts';

const changeMs = 2_000;
/** etcd refuses changes until all others have been connected for five seconds, and an election may come before that. */
const deadlineMs = 25_000;
const pauseMs = 300;

/**
 * A member whose data is gone must not come back under its old id: it has voted and acknowledged entries that it no
 * longer knows of, and would let the cluster forget them. So it is removed and added, as etcd's manual has it.
 * A node whose others do not answer, or that never served, begins a new cluster with them. A wiped member is therefore
 * to be started while a majority of the others serves, or when all have been wiped.
 */
export const bootstrapOf = async (node: Node, view: View): Promise<Bootstrap> => {
  const deadline = AbortSignal.timeout(deadlineMs);
  const others = { ...view, nodes: view.nodes.filter(({ name }) => name !== node.name) };
  let list = await memberListOf(others);
  if (list === undefined || isFirstStart(node, list, view.layout))
    return newCluster(view.nodes, view.layout);
  // Each round looks anew and does what is missing: what timed out may have happened, and a second time is refused.
  for (;;)
    try {
      if (list !== undefined) return await rejoin(node, list, view);
      throw new Error('no member answers any more');
    } catch (thrown) {
      view.signal.throwIfAborted();
      if (deadline.aborted) throw notAccepted(node, thrown);
      await sleep(pauseMs, undefined, { signal: view.signal });
      list = await memberListOf(others);
    }
};

type List = Asked<MemberList>;

const memberOf = (node: Node, list: List, layout: Layout): Member | undefined =>
  list.answer.members.find(({ peerUrls }) => peerUrls.includes(peerUrl(node, layout)));

/** The others were quicker, and nobody has heard of this one's clients yet. */
const isFirstStart = (node: Node, list: List, layout: Layout): boolean => {
  const known = memberOf(node, list, layout);
  return known !== undefined && known.name !== '' && known.clientUrls.length === 0;
};

const rejoin = async (node: Node, list: List, { layout, signal }: View): Promise<Bootstrap> => {
  const known = memberOf(node, list, layout);
  const url = peerUrl(node, layout);
  // Added by an earlier round whose answer was lost, or by a start that did not come to its end.
  if (known?.name === '') return existing(node, url, list.answer.members);
  const options = { timeoutMs: changeMs, signal };
  return withGateway(list.node, layout, async (gateway) => {
    if (known !== undefined) await removeMember(gateway, known.id, options);
    return existing(node, url, (await addMember(gateway, url, options)).members);
  });
};

const existing = (node: Node, url: string, members: readonly Member[]): Bootstrap => ({
  state: 'existing',
  members: members.flatMap(({ name, peerUrls }) =>
    peerUrls.map((peer) => ({ name: peer === url ? node.name : name, peerUrl: peer })),
  ),
});

const notAccepted = (node: Node, cause: unknown): Error =>
  infrastructureError(
    `${node.name}: the etcd cluster does not take the member back: ${messageOf(cause)}`,
    {
      code: 'etcd-member-change',
      hint: 'A member whose data was wiped can only come back while a majority of the others runs.',
      cause,
    },
  );
