// A controller over SSH that partitions a cluster, says so, and stays there until somebody kills it.
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import { partitionMechanism } from '../../src/faults/firewall.ts';
import { isolate } from '../../src/faults/grudge.ts';
import { openFaults } from '../../src/faults/injector.ts';
import { partitionOf } from '../../src/faults/partition-fault.ts';

const [, , name = '', run = ''] = process.argv;
const cluster = await netnsProvider().attach(name);
const faults = await openFaults({
  run,
  nodes: cluster.nodes,
  cluster: { kind: cluster.kind, name },
  mechanisms: [partitionMechanism({ run, controllerAddresses: cluster.controllerAddresses })],
  appendLedger: () => Promise.resolve(),
  now: () => Math.round(performance.now() * 1e6),
});
const names = cluster.nodes.map((node) => node.name);
const { proof } = await faults.inject(partitionOf(isolate(names, names)));
process.stdout.write(`${JSON.stringify(proof)}\n`);
setInterval(() => undefined, 1000);
