// A fault kind for tests without root: "broken" is a file on the node.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, LedgerEntry, Mechanism, Plan } from '../../src/contract/faults.ts';
import type { Node } from '../../src/contract/node.ts';
import { openFaults } from '../../src/faults/injector.ts';
import { type TmpNode, tmpNodes } from './tmp-node.ts';

const fileOf = (node: Node, id: string): string => join((node as TmpNode).folder, `broken-${id}`);
const idOf = (plan: Plan): string => String(plan.fault['id']);

/** `{kind: 'file', on: [names], refuseOn?: name}`: makes a file on every node; one node may refuse. */
export const fileMechanism: Mechanism = {
  kind: 'file',
  capability: 'files',
  plan: (fault: Fault, nodes, id) => ({
    fault: { ...fault, id },
    nodes: Object.fromEntries(
      nodes
        .filter((node) => (fault['on'] as string[]).includes(node.name))
        .map((node) => [
          node.name,
          {
            inject: [
              { argv: ['touch', fileOf(node, id)] },
              ...(fault['refuseOn'] === node.name ? [{ argv: ['false'] }] : []),
            ],
            heal: [{ argv: ['rm', '-f', fileOf(node, id)] }],
          },
        ]),
    ),
  }),
  proveEffect: async (plan, nodes) => prove(plan, nodes, true),
  proveHeal: async (plan, nodes) => prove(plan, nodes, false),
};

const prove = (plan: Plan, nodes: readonly Node[], there: boolean) => {
  const targets = nodes.filter((node) => plan.nodes[node.name] !== undefined);
  const broken = targets.filter((node) => existsSync(fileOf(node, idOf(plan))));
  const wrong = there ? targets.length - broken.length : broken.length;
  return { holds: wrong === 0, says: `${broken.length} of ${targets.length} nodes broken` };
};

/** A cluster of folders with fault control over it. */
export const fileWorld = async (options: {
  readonly count: number;
  readonly leaseSeconds?: number;
  readonly mechanism?: Mechanism;
  readonly append?: (entry: LedgerEntry) => Promise<void>;
}) => {
  const tmp = tmpNodes(options.count);
  for (const node of tmp.nodes) mkdirSync(node.folder);
  const entries: LedgerEntry[] = [];
  const warnings: string[] = [];
  const began = process.hrtime.bigint();
  const faults = await openFaults({
    run: 'test-run',
    nodes: tmp.nodes,
    cluster: { kind: 'tmp', name: 'tmp' },
    mechanisms: [options.mechanism ?? fileMechanism],
    appendLedger: async (entry) => {
      await options.append?.(entry);
      entries.push(entry);
    },
    now: () => Number(process.hrtime.bigint() - began),
    onWarning: (message, node) => warnings.push(`${node ?? ''}: ${message}`),
    leaseSeconds: options.leaseSeconds ?? 15,
    directoryOf: tmp.directoryOf,
  }).catch((cause: unknown) => {
    tmp.cleanUp();
    throw cause;
  });
  const brokenOn = (id: string): string[] =>
    tmp.nodes.filter((node) => existsSync(fileOf(node, id))).map((node) => node.name);
  return { ...tmp, faults, entries, warnings, brokenOn };
};
