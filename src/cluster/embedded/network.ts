// Wires a cluster: a bridge in its own namespace, one wire to each node, one to this machine. Few processes, many commands each.
import { access, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { infrastructureError, messageOf } from '../../base/errors.ts';
import { controllerAddresses, hostLink, type Layout, prefixLength, tagOf } from './layout.ts';

export type Wiring = {
  readonly layout: Layout;
  readonly subnet: number;
  /** Process whose network namespace is the bridge's. */
  readonly switchPid: number;
  /** A node with a process gets an end of a wire in that one's namespace; one without gets a tap for its kernel to open. */
  readonly nodes: readonly { readonly name: string; readonly pid?: number }[];
};

/** The wire to the host hands its far end to this very process's namespace, whichever that is. */
const bridgeCommands = ({ subnet, nodes }: Wiring): readonly string[] => [
  // Without a querier on the bridge, snooping would lose the multicasts of IPv6 neighbour discovery.
  'link add name switch type bridge stp_state 0 mcast_snooping 0',
  `link add name host type veth peer name ${hostLink(subnet)} netns ${process.pid}`,
  ...nodes.map(({ name, pid }) =>
    pid === undefined
      ? `tuntap add dev ${name} mode tap user 0`
      : `link add name ${name} type veth peer name eth0 netns ${pid}`,
  ),
  ...['host', ...nodes.map(({ name }) => name)].flatMap((link) => [
    `link set ${link} master switch addrgenmode none`,
    `link set ${link} up`,
  ]),
  'link set switch addrgenmode none',
  'link set switch up',
];

const hostCommands = ({ layout, subnet }: Wiring): readonly string[] => {
  const { ipv4, ipv6 } = controllerAddresses(subnet);
  const link = hostLink(subnet);
  return [
    `link set ${link} alias ${tagOf(layout, 'host')} addrgenmode none`,
    `addr add ${ipv4}/${prefixLength.ipv4} dev ${link}`,
    `addr add ${ipv6}/${prefixLength.ipv6} dev ${link} nodad`,
    `link set ${link} up`,
  ];
};

const runBatch = async (argv: readonly [string, ...string[]], lines: readonly string[]) => {
  const [file, ...rest] = argv;
  try {
    await execa(file, rest, { input: `${lines.join('\n')}\n` });
  } catch (cause) {
    throw infrastructureError(`cannot wire the cluster: ${messageOf(cause).split('\n').at(-1)}`, {
      code: 'network-failed',
      hint: 'Does the kernel have bridge, veth and tun? Try: ordeal doctor',
      cause,
    });
  }
};

export const wire = async (wiring: Wiring): Promise<void> => {
  const inside = `--net=/proc/${wiring.switchPid}/ns/net`;
  await runBatch(['nsenter', inside, 'ip', '-batch', '-'], bridgeCommands(wiring));
  const settings = (version: 'ipv4' | 'ipv6', name: string) =>
    `/proc/sys/net/${version}/conf/${hostLink(wiring.subnet)}/${name}`;
  // A machine that forwards for others does not forward for the nodes; one without IPv6 has it on this wire.
  await writeFile(settings('ipv4', 'forwarding'), '0');
  await writeFile(settings('ipv6', 'forwarding'), '0');
  await writeFile(settings('ipv6', 'disable_ipv6'), '0');
  await runBatch(['ip', '-batch', '-'], hostCommands(wiring));
};

const nameMs = 500;
const pollMs = 20;

/** Whose a link is: its alias. One that has none may be another maker's that is about to name it. */
const isOthers = async (layout: Layout, link: string): Promise<boolean> => {
  const deadline = Date.now() + nameMs;
  for (;;) {
    const alias = await readFile(`/sys/class/net/${link}/ifalias`, 'utf8').catch(() => undefined);
    if (alias === undefined) return false;
    if (alias.trim() !== '') return alias.trim() !== tagOf(layout, 'host');
    if (Date.now() > deadline) return false;
    await sleep(pollMs);
  }
};

/** Removes the host's end, and with it the other. Its namespace would take it away as well, but later. */
export const removeHostLink = async (layout: Layout, subnet: number): Promise<void> => {
  const link = hostLink(subnet);
  if (await isOthers(layout, link)) return;
  try {
    await execa('ip', ['link', 'delete', link]);
  } catch (cause) {
    if (await isLink(link)) throw cause;
  }
};

const isLink = (link: string): Promise<boolean> =>
  access(`/sys/class/net/${link}`).then(
    () => true,
    () => false,
  );
