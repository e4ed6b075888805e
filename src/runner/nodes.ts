// Doing the same on every node at once: all are waited for, and the first failure names its node.
import { infrastructureError, messageOf, OrdealError } from '../base/errors.ts';
import type { Node } from '../contract/node.ts';

/** The failure of one node, with the node's name in front; keeps code, exit code and hint. */
export const onNode = (node: string, thrown: unknown): OrdealError => {
  const said = messageOf(thrown);
  const message = said.startsWith(node) ? said : `${node}: ${said}`;
  if (!(thrown instanceof OrdealError))
    return infrastructureError(message, { code: 'node-failed', cause: thrown });
  const { code, exitCode, hint } = thrown;
  return new OrdealError(message, {
    code,
    exitCode,
    cause: thrown,
    ...(hint === undefined ? {} : { hint }),
  });
};

/** Runs `act` on every node in parallel; when some fail, the others are still waited for, then the first failure is thrown. */
export const onEveryNode = async <T>(
  nodes: readonly Node[],
  act: (node: Node) => Promise<T>,
): Promise<T[]> => {
  const settled = await Promise.allSettled(nodes.map(act));
  for (const [i, result] of settled.entries())
    if (result.status === 'rejected') throw onNode(nodes[i]?.name ?? '?', result.reason);
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
};

/** Runs `act` on every node in parallel and returns the failures instead of throwing: for teardown, which goes on past them. */
export const tryEveryNode = async (
  nodes: readonly Node[],
  act: (node: Node) => Promise<unknown>,
): Promise<OrdealError[]> => {
  const settled = await Promise.allSettled(nodes.map(act));
  return settled.flatMap((result, i) =>
    result.status === 'rejected' ? [onNode(nodes[i]?.name ?? '?', result.reason)] : [],
  );
};
