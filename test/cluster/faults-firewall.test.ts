// Partitions in the kernel: effect and heal seen independently of our own probes, for every firewall backend.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Grudge } from '../../src/contract/faults.ts';
import type { Node } from '../../src/contract/node.ts';
import { partitionMechanism } from '../../src/faults/firewall.ts';
import { iptables } from '../../src/faults/firewall-iptables.ts';
import { nft } from '../../src/faults/firewall-nft.ts';
import type { Backend } from '../../src/faults/firewall-rules.ts';
import { completeGrudge, cutsOf, oneWay } from '../../src/faults/grudge.ts';
import { healNodes } from '../../src/faults/heal.ts';
import { openFaults } from '../../src/faults/injector.ts';
import { partitionOf } from '../../src/faults/partition-fault.ts';
import { type BareNodes, bareNodes } from './bare-nodes.ts';

let bare: BareNodes;
beforeAll(async () => {
  bare = await bareNodes(5);
});
afterAll(() => bare?.down());

const openWith = (chosen: readonly Backend[], run = 'test-run') =>
  openFaults({
    run,
    nodes: bare.nodes,
    cluster: { kind: 'bare', name: 'bare' },
    mechanisms: [
      partitionMechanism({ run, controllerAddresses: bare.controllerAddresses, backends: chosen }),
    ],
    appendLedger: () => Promise.resolve(),
    now: () => Math.round(performance.now() * 1e6),
    directoryOf: bare.directoryOf,
  });

/** Whether one ping is answered: not the code under test. */
const pings = async (from: Node, address: string): Promise<boolean> => {
  const argv = ['ping', '-n', '-c', '1', '-W', '1', address];
  return (await from.remote.exec(argv, { check: false })).exitCode === 0;
};

/** Every ordered pair and address family, against what the grudge says. */
const expectReach = async (grudge: Grudge): Promise<void> => {
  const cut = new Set(cutsOf(grudge).flatMap((c) => [c.hearer + c.speaker, c.speaker + c.hearer]));
  const seen = await Promise.all(
    bare.nodes.flatMap((from) =>
      bare.nodes
        .filter((to) => to !== from)
        .flatMap((to) =>
          to.addresses.map(async (address) => ({
            pair: `${from.name} ${address}`,
            answers: await pings(from, address),
            expected: !cut.has(from.name + to.name),
          })),
        ),
    ),
  );
  expect(seen.filter(({ answers, expected }) => answers !== expected)).toEqual([]);
};

const listenScript = `const socket = require('node:dgram').createSocket(process.argv[1]);
socket.bind(9999, () => console.log('ready'));
socket.on('message', () => { console.log('heard'); process.exit(); });
setTimeout(() => process.exit(), 1500);`;
const sendScript = `const socket = require('node:dgram').createSocket(process.argv[1]);
let left = 10;
setInterval(() => left-- > 0 ? socket.send('x', 9999, process.argv[2]) : process.exit(), 100);`;

/** Whether a datagram of the speaker arrives: one direction alone, which no ping can tell. */
const hears = async (hearer: Node, speaker: Node, family: 0 | 1): Promise<boolean> => {
  const type = family === 0 ? 'udp4' : 'udp6';
  const listening = bare.on(hearer, process.execPath, '-e', listenScript, type);
  const address = hearer.addresses[family]!;
  await bare.on(speaker, process.execPath, '-e', sendScript, type, address);
  return (await listening).includes('heard');
};

const controllerReaches = async (): Promise<boolean> =>
  (
    await Promise.all(
      bare.nodes.flatMap((node) => bare.controllerAddresses.map((address) => pings(node, address))),
    )
  ).every((answers) => answers);

/** Everything of a firewall that somebody could notice, counters apart. */
const rulesOf = async (node: Node): Promise<string> => {
  const dumps = [['nft', 'list', 'ruleset']];
  for (const tool of ['iptables-legacy-save', 'ip6tables-legacy-save']) dumps.push([tool]);
  const texts = await Promise.all(dumps.map((argv) => bare.on(node, ...argv)));
  // The dump's own time stamps, and the packets that passed meanwhile.
  return texts.join('\n').replaceAll(/^#.*\n|\[\d+:\d+\]|packets \d+ bytes \d+/gm, '');
};

const plantForeign = async (node: Node, tool: string): Promise<void> => {
  for (const family of [tool, tool.replace('iptables', 'ip6tables')])
    for (const [table, chain] of [
      ['raw', 'PREROUTING'],
      ['filter', 'INPUT'],
    ]) {
      await bare.on(node, family, '-w', '-t', table!, '-I', chain!, '1', '-j', 'ACCEPT');
      await bare.on(node, family, '-w', '-t', table!, '-A', chain!, '-i', 'lo', '-j', 'ACCEPT');
    }
};
const plantForeignNft = async (node: Node): Promise<void> => {
  const text = `table inet somebody {
    set peers { type ipv4_addr; elements = { 192.0.2.7 } }
    chain in { type filter hook prerouting priority -400; policy accept; counter accept comment "first"; }
    chain late { type filter hook input priority 10; policy accept; ip saddr @peers drop; }
  }`;
  await node.remote.exec(['nft', '-f', '-'], { stdin: text });
};

const raw = { table: 'raw', chain: 'PREROUTING' } as const;
const filter = { table: 'filter', chain: 'INPUT' } as const;
const kinds: readonly Backend[] = [
  nft,
  iptables('iptables-legacy', raw),
  iptables('iptables', raw),
  iptables('iptables-legacy', filter),
  iptables('iptables', filter),
];

beforeAll(async () => {
  // Somebody was here first, with an ACCEPT for everything in front of every chain.
  for (const node of bare.nodes) {
    await plantForeignNft(node);
    await plantForeign(node, 'iptables');
    await plantForeign(node, 'iptables-legacy');
  }
});

describe.each(kinds.map((backend) => [backend.name, backend] as const))('%s', (_, backend) => {
  test('cuts IPv4 and IPv6 both ways, keeps the controller, and leaves every rule as it was', async () => {
    const before = await Promise.all(bare.nodes.map(rulesOf));
    const faults = await openWith([backend]);
    const grudge = completeGrudge([
      ['n1', 'n2'],
      ['n3', 'n4', 'n5'],
    ]);
    const { id, proof } = await faults.inject(partitionOf(grudge));
    expect(proof.holds).toBe(true);
    expect(proof.says).toMatch(/^12 of 12 cut pairs silent, 8 of 8 others answer, \d+ packets/);
    await expectReach(grudge);
    expect(await controllerReaches()).toBe(true);
    const healed = await faults.heal(id);
    expect(healed).toMatchObject({ holds: true });
    expect(healed.says).toBe('rules gone on 5 of 5 nodes, 12 of 12 pairs answer again');
    await expectReach({});
    await faults.close();
    expect(await Promise.all(bare.nodes.map(rulesOf))).toEqual(before);
  });

  test('one way: the deaf hear nothing, the muted still hear them', async () => {
    const faults = await openWith([backend]);
    const [n1, n2] = [bare.nodes[0]!, bare.nodes[1]!];
    const { proof } = await faults.inject(partitionOf(oneWay(['n1'], ['n2'])));
    expect(proof.holds).toBe(true);
    // A node that has to find its neighbour anew, in the middle of the cut, must be able to.
    for (const node of [n1, n2]) await bare.on(node, 'ip', 'neigh', 'flush', 'all');
    for (const family of [0, 1] as const) {
      expect(await hears(n1, n2, family)).toBe(false);
      expect(await hears(n2, n1, family)).toBe(true);
    }
    await faults.close();
    await expectReach({});
  });

  test('two overlapping partitions are made and healed apart', async () => {
    const faults = await openWith([backend]);
    const before = await Promise.all(bare.nodes.map(rulesOf));
    const first = completeGrudge([['n1'], ['n2', 'n3', 'n4', 'n5']]);
    const second = completeGrudge([
      ['n1', 'n2'],
      ['n3', 'n4', 'n5'],
    ]);
    const a = await faults.inject(partitionOf(first));
    const b = await faults.inject(partitionOf(second));
    expect([a.proof.holds, b.proof.holds]).toEqual([true, true]);
    expect((await faults.heal(a.id)).holds).toBe(true);
    await expectReach(second);
    expect((await faults.heal(b.id)).holds).toBe(true);
    await expectReach({});
    expect(await Promise.all(bare.nodes.map(rulesOf))).toEqual(before);
    await faults.close();
  });

  test('what a dead run left is found by its name and removed, nothing else', async () => {
    const before = await Promise.all(bare.nodes.map(rulesOf));
    const mechanism = partitionMechanism({
      run: 'long-dead',
      controllerAddresses: bare.controllerAddresses,
      backends: [backend],
    });
    const grudge = completeGrudge([['n1'], ['n2', 'n3', 'n4', 'n5']]);
    // Even a node that shares the controller's addresses is cut without cutting the controller.
    const shared = bare.nodes.map((node) => ({
      ...node,
      addresses: [...node.addresses, ...bare.controllerAddresses],
    }));
    const plan = await mechanism.plan(partitionOf(grudge), shared, 'f0001');
    for (const node of bare.nodes)
      for (const { argv, stdin } of plan.nodes[node.name]!.inject)
        await node.remote.exec(argv, stdin === undefined ? {} : { stdin });
    await expectReach(grudge);
    expect(await controllerReaches()).toBe(true);
    const swept = await healNodes(bare.nodes, { directoryOf: bare.directoryOf });
    expect(Object.keys(swept.removed).sort()).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
    expect(swept.failures).toEqual([]);
    await expectReach({});
    expect(await Promise.all(bare.nodes.map(rulesOf))).toEqual(before);
    const again = await healNodes(bare.nodes, { directoryOf: bare.directoryOf });
    expect(again.removed).toEqual({});
  });
});
