// How a member without data starts: as part of a new cluster, or again in a cluster that lost it.
import { setTimeout as sleep } from 'node:timers/promises';
import { infrastructureError, messageOf } from '../../base/errors.ts';
import type { Node } from '../../contract/node.ts';
import { memberListOf, type View, withGateway } from './cluster-state.ts';
import { addMember, EtcdError, type Member, removeMember } from './gateway.ts';
import { type Bootstrap, newCluster, peerUrl } from './layout.ts';

const changeMs = 5_000;
/** etcd refuses a change of members until all others have been connected for five seconds. */
const attempts = 20;
const pauseMs = 500;

/**
 * A member whose data is gone must not come back under its old id: it has voted and acknowledged entries that it no
 * longer knows of, and would let the cluster forget them. So it is removed and added, as etcd's manual has it.
 * A node that the others do not know, or that never served, begins a new cluster with them.
 */
export const bootstrapOf = async (node: Node, view: View): Promise<Bootstrap> => {
  const others = view.nodes.filter(({ name }) => name !== node.name);
  const list = await memberListOf({ ...view, nodes: others });
  if (list === undefined) return newCluster(view.nodes, view.layout);
  const url = peerUrl(node, view.layout);
  const old = list.answer.members.find(({ peerUrls }) => peerUrls.includes(url));
  // The first start of all: the others were quicker, and nobody has heard of this one's clients yet.
  if (old !== undefined && old.name !== '' && old.clientUrls.length === 0)
    return newCluster(view.nodes, view.layout);
  const added = old !== undefined && old.name === '';
  const members = added
    ? list.answer.members
    : await replace({ view, through: list.node, node, old });
  return {
    state: 'existing',
    members: members.flatMap(({ name, peerUrls }) =>
      peerUrls.map((peer) => ({ name: peer === url ? node.name : name, peerUrl: peer })),
    ),
  };
};

type Replacement = {
  readonly view: View;
  readonly through: Node;
  readonly node: Node;
  readonly old: Member | undefined;
};

const replace = async ({ view, through, node, old }: Replacement): Promise<readonly Member[]> => {
  const options = { timeoutMs: changeMs, signal: view.signal };
  return withGateway(through, view.layout, async (gateway) => {
    if (old !== undefined) await retry(node, () => removeMember(gateway, old.id, options));
    const url = peerUrl(node, view.layout);
    return (await retry(node, () => addMember(gateway, url, options))).members;
  });
};

/** Only what etcd refuses is tried again: after a time-out the change may have been made. */
const retry = async <T>(node: Node, change: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++)
    try {
      return await change();
    } catch (thrown) {
      const final = attempt === attempts || !(thrown instanceof EtcdError);
      if (final) throw notAccepted(node, thrown);
      await sleep(pauseMs);
    }
};

const notAccepted = (node: Node, cause: unknown): Error =>
  infrastructureError(
    `${node.name}: the etcd cluster does not take the member back: ${messageOf(cause)}`,
    {
      code: 'etcd-member-change',
      hint: 'A member whose data was wiped can only come back while a majority of the others runs.',
      cause,
    },
  );
