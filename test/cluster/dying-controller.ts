// A controller that kills itself with SIGKILL at its nth step: a step is before or after every program and ledger write.
import { appendFileSync } from 'node:fs';
import type { LedgerEntry } from '../../src/contract/faults.ts';
import type { Node } from '../../src/contract/node.ts';
import { partitionMechanism } from '../../src/faults/firewall.ts';
import { completeGrudge } from '../../src/faults/grudge.ts';
import { openFaults } from '../../src/faults/injector.ts';
import { partitionOf } from '../../src/faults/partition-fault.ts';
import { bareRemote } from './bare-nodes.ts';

/** What it is told in its first argument, as JSON. */
export type Orders = {
  readonly run: string;
  readonly dieAt: number;
  readonly leaseSeconds: number;
  readonly controllerAddresses: readonly string[];
  /** Its ledger: one entry a line. */
  readonly ledger: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly address: string;
    readonly addresses: readonly string[];
    readonly netns: string;
    readonly directory: string;
  }[];
};

const orders = JSON.parse(process.argv[2] ?? '') as Orders;
let steps = 0;
const step = (): void => {
  steps++;
  if (steps === orders.dieAt) process.kill(process.pid, 'SIGKILL');
};

const nodes = orders.nodes.map((node): Node => {
  const remote = bareRemote(node.name, node.netns);
  return {
    ...node,
    remote: {
      ...remote,
      exec: async (argv, options) => {
        step();
        const result = remote.exec(argv, options);
        step(); // it has been sent, and nobody waits for the answer any more
        await result;
        step();
        return result;
      },
    },
  };
});

const directoryOf = (node: Node): string =>
  orders.nodes.find(({ name }) => name === node.name)!.directory;
const faults = await openFaults({
  run: orders.run,
  nodes,
  cluster: { kind: 'bare', name: 'bare' },
  mechanisms: [
    partitionMechanism({ run: orders.run, controllerAddresses: orders.controllerAddresses }),
  ],
  appendLedger: async (entry: LedgerEntry) => {
    step();
    appendFileSync(orders.ledger, `${JSON.stringify(entry)}\n`);
    step();
  },
  now: () => Math.round(performance.now() * 1e6),
  leaseSeconds: orders.leaseSeconds,
  directoryOf,
});
const [first = '', ...rest] = nodes.map((node) => node.name);
await faults.inject(partitionOf(completeGrudge([[first], rest])));
await faults.close();
process.stdout.write(`${steps}\n`);
