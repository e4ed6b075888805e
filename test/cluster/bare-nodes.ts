// Bare nodes for firewall tests: network namespaces on one bridge, without sshd, made in a fraction of a second.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node } from '../../src/contract/node.ts';
import type { Remote } from '../../src/contract/remote.ts';
import { run } from '../faults/tmp-node.ts';

export type BareNodes = {
  readonly nodes: readonly Node[];
  /** The bridge's addresses: a controller's place. */
  readonly controllerAddresses: readonly string[];
  /** The namespace of each node: all that another process needs to be a controller. */
  readonly netnsOf: (node: Node) => string;
  readonly directoryOf: (node: Node) => string;
  /** Runs a program on a node and resolves with what it printed. */
  readonly on: (node: Node, ...argv: string[]) => Promise<string>;
  readonly down: () => Promise<void>;
};

const ip = (...argv: string[]) => run(['ip', ...argv], {});

let made = 0;

/** Makes `count` nodes with an IPv4 and an IPv6 address each, and a bridge namespace in which the controller is. */
export const bareNodes = async (count: number): Promise<BareNodes> => {
  const root = mkdtempSync(join(tmpdir(), 'ordeal-bare-'));
  const prefix = `ordeal-x${process.pid}-${made++}`;
  const bridge = `${prefix}-br`;
  const names = Array.from({ length: count }, (_, i) => `n${i + 1}`);
  const down = async (): Promise<void> => {
    for (const name of [...names.map((n) => `${prefix}-${n}`), bridge])
      await run(['ip', 'netns', 'del', name], { check: false });
    rmSync(root, { recursive: true, force: true });
  };
  try {
    await ip('netns', 'add', bridge);
    await ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0');
    await ip('-n', bridge, 'addr', 'add', '10.231.7.254/24', 'dev', 'br0');
    await ip('-n', bridge, 'addr', 'add', 'fd00:7::fe/64', 'dev', 'br0', 'nodad');
    await ip('-n', bridge, 'link', 'set', 'br0', 'up');
    const nodes = await Promise.all(names.map((name, i) => plug(prefix, name, i + 1)));
    return {
      nodes,
      controllerAddresses: ['10.231.7.254', 'fd00:7::fe'],
      netnsOf: (node) => `${prefix}-${node.name}`,
      directoryOf: (node) => join(root, node.name),
      on: async (node, ...argv) => (await node.remote.exec(argv)).stdout,
      down,
    };
  } catch (cause) {
    await down();
    throw cause;
  }
};

const plug = async (prefix: string, name: string, number: number): Promise<Node> => {
  const netns = `${prefix}-${name}`;
  const v4 = `10.231.7.${number}`;
  const v6 = `fd00:7::${number}`;
  await ip('netns', 'add', netns);
  await ip('-n', netns, 'link', 'set', 'lo', 'up');
  const peer = ['peer', 'name', name, 'netns', `${prefix}-br`];
  await ip('-n', netns, 'link', 'add', 'eth0', 'type', 'veth', ...peer);
  await ip('-n', `${prefix}-br`, 'link', 'set', name, 'master', 'br0', 'up');
  await ip('-n', netns, 'addr', 'add', `${v4}/24`, 'dev', 'eth0');
  await ip('-n', netns, 'addr', 'add', `${v6}/64`, 'dev', 'eth0', 'nodad');
  await ip('-n', netns, 'link', 'set', 'eth0', 'up');
  return { name, address: v4, addresses: [v4, v6], remote: bareRemote(name, netns) };
};

/** Runs programs in a namespace, as root. */
export const bareRemote = (node: string, netns: string): Remote => ({
  node,
  exec: (argv, options = {}) => run(['ip', 'netns', 'exec', netns, ...argv], options),
  upload: () => Promise.reject(new Error('not here')),
  download: () => Promise.reject(new Error('not here')),
  close: () => Promise.resolve(),
});
